import { textOf } from './answer-text.ts';
import { compareAnswers } from './compare.ts';
import type { Compared } from './equivalence.ts';
import { lettersInProse } from './extract/letters.ts';
import { findRetraction } from './extract/retraction.ts';
import { readYesOrNo } from './extract/yes-or-no.ts';
import { normalizeAnswer } from './normalize.ts';

const MAX_LENGTH = 400;
const LABEL =
  /^(?:(?:the\s+)?(?:correct\s+|final\s+)?(?:option|choice|answer|figure|picture|image|opción|opção|réponse|antwort)s?\s*(?:is\s+)?:?|选项|選項|选|選|答案)\s*/i;

const NOT_LETTER =
  /(?:[¬≈≠∼]\s?|(?<![\p{L}\d.:)}~])(?:~\s?|!(?=[(A-J]))|\\(?:sim|neg|lnot|not|approx|neq?|bar|overline)(?![a-z])\s*(?:\\!)?)[({]?\s?[A-J](?![A-Za-z])/u;

/** `~B`, `\neg B`, `≈B`: not that letter, or only about it. */
export const deniesLetter = (answer: string) =>
  answer.length <= MAX_LENGTH && /[¬≈≠∼~!\\]/.test(answer) && NOT_LETTER.test(answer);

const knownTexts = new WeakMap<readonly string[], string[]>();

/** The texts of the options, read once for all answers. */
function textsOf(options: readonly string[]): string[] {
  const known = knownTexts.get(options);
  if (known) return known;
  const texts = options.map(textOf);
  knownTexts.set(options, texts);
  return texts;
}

/** Indices of the right options, from their letters or the text of one; undefined where the gold names none of them. */
export function findGoldOptions(gold: string, options: readonly string[]): number[] | undefined {
  const letters = choiceIndices(gold);
  if (letters && letters.length > 1) {
    const text = textOf(gold);
    const asWritten = textsOf(options).indexOf(text);
    if (asWritten >= 0) return [asWritten];
  }
  if (letters?.every((index) => index < options.length)) return letters;
  const byText = options.findIndex((option) => compareAnswers(option, gold).comparison === 'equal');
  return byText < 0 ? undefined : [byText];
}

/**
 * Compares an answer with the right options: `(B)`, `B.`, `option B`, `B: 5 cm`, `A and C` by letter, anything else by the
 * option's own text, or by the one letter that a sentence names. Where options are letters themselves, either reading may
 * be right.
 */
export function compareChoice(answer: string, gold: readonly number[], options: readonly string[]): Compared {
  if (deniesLetter(answer) && !options.some(deniesLetter)) return { comparison: 'different', as: 'choices' };
  const indices = choiceIndices(answer);
  if (indices && isSameSet(indices, gold) && !namesOther(answer, gold, options))
    return { comparison: 'equal', as: 'choices' };
  if (gold.length > 1) return compareSeveral(answer, indices ?? indicesInProse(answer), gold, options);
  const last = letterBehindText(answer, options);
  if (last !== undefined) return { comparison: last === gold[0] ? 'equal' : 'different', as: 'choices' };
  const text = textOf(answer);
  if (text === textsOf(options)[gold[0]]) return { comparison: 'equal', as: 'text of the option' };
  const behind = /[.,(]\s*([A-J])\)?\.?$/.exec(answer.trim())?.[1];
  if (behind !== undefined && toIndices([behind])[0] !== gold[0]) return { comparison: 'different', as: 'choices' };
  if (indices || textsOf(options).includes(text)) return { comparison: 'different', as: 'choices' };
  const inProse = indicesInProse(answer);
  if (inProse) {
    const isRight = isSameSet(inProse, gold) && !namesOther(answer, gold, options);
    return { comparison: isRight ? 'equal' : 'different', as: 'choices' };
  }
  return compareWithTexts(answer, gold[0], options);
}

/** `B. green` where B is blue, `blue or green`, `blue. C`: two answers in one. */
export function namesOther(answer: string, gold: readonly number[], options: readonly string[]): boolean {
  if (gold.length !== 1 || answer.length > MAX_LENGTH) return false;
  const texts = textsOf(options);
  if (texts.every((text) => text.length === 1)) return false;
  const pieces = withoutReason(answer)
    .split(/[,.:;()→—|=\n]\s*|\s-\s|\b(?:which (?:is|corresponds to)|that is|i\.?e|option|choice|or|it is)\b/i)
    .map((piece) => textOf(piece.replace(/^\W*[A-J]\W*(?=\s\S)|(?<=\S)\s+\(?[A-J]\)?$/g, '')));
  const others = texts.filter((text, index) => index !== gold[0] && pieces.includes(text));
  const denied = answer.split(/\bnot\s+/i).slice(1);
  if (denied.some((rest) => textOf(rest.replace(/[.,;].*$/s, '')) === texts[gold[0]])) return true;
  const isHedged = /\bor\b/i.test(answer);
  return others.length === 1 && others[0] !== texts[gold[0]] && (isHedged || !pieces.includes(texts[gold[0]]));
}

const withoutReason = (answer: string) =>
  answer.replace(/\b(?:because|since|as|while|not|unlike|rather|instead)\b[\s\S]*$/i, '');

/** `5 cm (B)`, `5 cm, option B`: the letter where it stands behind an option's own text, and -1 where that is another's. */
function letterBehindText(answer: string, options: readonly string[]): number | undefined {
  const [, before, letter] =
    /^(.*\S)(?:,?\s*\((?:option\s+|choice\s+)?([A-J])\)|,\s*(?:which is\s+)?(?:option|choice)\s+\(?([A-J])\)?)\.?$/is
      .exec(answer.trim())
      ?.filter((group) => group !== undefined) ?? [];
  if (letter === undefined || !/^\W*[\d.]/.test(before)) return undefined;
  const index = letter.toUpperCase().charCodeAt(0) - 65;
  const named = textsOf(options).indexOf(textOf(before));
  if (named < 0) return undefined;
  return named === index ? index : -1;
}

/** `red and green` where those are the options A and C. */
function compareSeveralTexts(answer: string, gold: readonly number[], options: readonly string[]): Compared {
  const texts = answer.split(/,\s*(?:and\s+)?|\s+and\s+|;\s*/).map(textOf);
  const named = texts.map((text) => textsOf(options).indexOf(text));
  if (named.length < 2 || named.includes(-1)) return { comparison: 'undecided', as: 'choices' };
  return { comparison: isSameSet(named, gold) ? 'equal' : 'different', as: 'text of the option' };
}

function compareSeveral(
  answer: string,
  indices: number[] | undefined,
  gold: readonly number[],
  options: readonly string[],
): Compared {
  if (!indices) return compareSeveralTexts(answer, gold, options);
  return { comparison: isSameSet(indices, gold) ? 'equal' : 'different', as: 'choices' };
}

function compareWithTexts(answer: string, gold: number, options: readonly string[]): Compared {
  const right = options[gold];
  const byValue = compareYesOrNo(answer, right) ?? compareAnswers(answer, right);
  if (byValue.comparison === 'equal' || answer.length > MAX_LENGTH) return byValue;
  const named = onlyOptionNamed(answer, options);
  if (named !== undefined) return { comparison: named === gold ? 'equal' : 'different', as: 'text of the option' };
  if (byValue.comparison !== 'undecided') return byValue;
  const others = options.filter((option) => option !== right);
  const isAnotherValue = others.some((option) => compareAnswers(answer, option).comparison === 'equal');
  return isAnotherValue ? { comparison: 'different', as: 'choices' } : byValue;
}

/** `Yes, it is` for a gold that is yes or no; undefined for all others. */
export function compareYesOrNo(answer: string, gold: string): Compared | undefined {
  if (!isYesOrNo(gold)) return undefined;
  const given = readYesOrNo(answer);
  return given && { comparison: given === readYesOrNo(gold) ? 'equal' : 'different', as: 'yes or no' };
}

export const isYesOrNo = (gold: string) =>
  gold.length < 20 &&
  /[^\0-\x7f]|yes|no|true|false/i.test(gold) &&
  /^(?:yes|no|true|false)$/i.test(normalizeAnswer(gold));

/** The option whose words stand in the answer when those of no other do, such as `the blue bar`. */
function onlyOptionNamed(answer: string, options: readonly string[]): number | undefined {
  if (!/\s/.test(answer.trim())) return undefined;
  const plain = ` ${normalizeAnswer(answer).toLowerCase()} `;
  if (
    /\b(?:not|no|or|nor|neither|except|than|without|but|wrong|incorrect|false|next to|beside|opposite|near|could|might|may|maybe|perhaps|possibly|if)\b|n't\b/.test(
      plain,
    )
  )
    return undefined;
  const named = options.flatMap((option, index) => {
    const text = normalizeAnswer(option).toLowerCase();
    return /^\p{L}{3,}(?: \p{L}+)*$/u.test(text) && plain.replace(/[.,;:()]/g, ' ').includes(` ${text} `)
      ? [index]
      : [];
  });
  return named.length === 1 ? named[0] : undefined;
}

const LETTERS = /^[([]?[A-J][)\]]?(?:(?:,\s*|\s+and\s+|\s+)[([]?[A-J][)\]]?){0,9}$/;
/** True for a gold that is a letter or several. */
export const isLetters = (gold: string) => LETTERS.test(gold.trim());

/** For a gold of letters that an answer without options may still name with its text. */
export function compareLetters(answer: string, gold: string): Compared | undefined {
  if (/^[A-J]{2,6}$/.test(gold) && /^[A-J](?:\s*[,、]\s*(?:and\s+)?[A-J]|\s+and\s+[A-J])+$/.test(answer.trim())) {
    return {
      comparison: isSameSet(choiceIndices(answer) ?? [], toIndices([...gold])) ? 'equal' : 'different',
      as: 'choices',
    };
  }
  const right = isLetters(gold) ? choiceIndices(gold) : undefined;
  const given = right && (choiceIndices(answer) ?? indicesInProse(answer));
  if (!right || !given) return undefined;
  return { comparison: isSameSet(given, right) ? 'equal' : 'different', as: 'choices' };
}

const isSameSet = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((index) => b.includes(index));

const toIndices = (letters: readonly string[]) =>
  [...new Set(letters)].map((letter) => letter.toUpperCase().charCodeAt(0) - 65).sort();

/** 0 for `A`, `(A)`, `A.`, `A) 5`, `option A`, `a`; 0 and 2 for `A, C`, `A and C`, `AC`; undefined for all else. */
function choiceIndices(text: string): number[] | undefined {
  if (/^[A-J]$/.test(text)) return toIndices([text]);
  if (text.length > MAX_LENGTH) return undefined;
  const plain = unquoted(normalizeAnswer(text)).replace(LABEL, '');
  const several =
    /^[([]?\s*[A-J][)\]]?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s*[&;/]\s*|\s+(?=[([]))[([]?[A-J][)\]]?)+$/.test(
      plain,
    );
  const isRunOn = /^[A-J]{2,10}$/.test(plain) && new Set(plain).size === plain.length;
  const letters = several || isRunOn ? plain.match(/[A-J]/g)! : oneLetter(plain);
  return letters && toIndices(letters);
}

const unquoted = (plain: string) =>
  plain
    .replace(/^(["'`])(.*)\1$/s, '$2')
    .replace(/[.:!]+$/, '')
    .replace(/^(?:\[\[|[*_]+)(.*?)(?:\]\]|[*_]+)$/s, '$1');

/** The letter alone or before its text; all that stand in brackets where there are several, so that nobody hedges. */
function oneLetter(plain: string): string[] | undefined {
  const alone = /^[([]?\s*([A-Ja-j])\s*[)\]]?[.:]?$/.exec(plain)?.[1];
  if (alone) return [alone];
  const labelled = /^\(?([A-J])\s*[).:]\s*\S/.exec(plain)?.[1];
  return labelled && !findRetraction(plain) ? withHedges(labelled, plain) : undefined;
}

const withHedges = (letter: string, plain: string) => [
  letter,
  ...Array.from(plain.matchAll(/\(([A-J])\)/g), ([, other]) => other),
  ...Array.from(
    plain.matchAll(/\b(?:or|maybe|perhaps|possibly|then)\s+(?:else\s+)?(?:option\s+)?\(?([A-J])(?![\w'])/g),
    ([, other]) => other,
  ),
];

const REASON =
  /^["'([]?([A-J])["')\]]?(?:,\s|\s+-\s|\s+\(|;\s|\s+(?:because|since|as|due|for|with|given|where)\b|(?=[\u3040-\u9fff\uac00-\ud7af]))/;

/** The letter at the start before a reason or its text, `B (blue)`, `B because ...`, else the one that a sentence gives. */
function indicesInProse(text: string): number[] | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const plain = normalizeAnswer(text).replace(LABEL, '');
  const leading = REASON.exec(plain)?.[1];
  const isSentence = /^\p{L}[\p{L}']*,?\s+\S|[\u3040-\u9fff\uac00-\ud7af]/u.test(plain);
  const denies = /^\S{1,4}\s+(?:is|are)\s+(?:not|wrong|incorrect|false)\b|[不错錯非]|아니/.test(plain);
  if (leading !== undefined && !denies && !findRetraction(plain)) {
    return toIndices(withHedges(leading, plain.replace(/\b(?:because|since|as)\b.*$/s, '')));
  }
  const letters = isSentence ? lettersInProse(plain) : [];
  return letters.length > 0 ? toIndices(letters) : undefined;
}
