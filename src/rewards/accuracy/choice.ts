import { type Compared, compareAnswers, isSameText } from './compare.ts';
import { normalizeAnswer } from './normalize.ts';

const MAX_LENGTH = 400;
const LABEL = /^(?:the\s+)?(?:correct\s+)?(?:option|choice|answer|figure|picture|image)s?\s*(?:is\s+)?:?\s*/i;

/** Indices of the right options, from their letters or the text of one; undefined where the gold names none of them. */
export function findGoldOptions(gold: string, options: readonly string[]): number[] | undefined {
  const asWritten = options.findIndex((option) => isSameText(option, gold));
  const letters = choiceIndices(gold);
  if (letters && letters.length > 1 && asWritten >= 0) return [asWritten];
  if (letters?.every((index) => index < options.length)) return letters;
  const byText = options.findIndex((option) => compareAnswers(option, gold).comparison === 'equal');
  return byText < 0 ? undefined : [byText];
}

/**
 * Compares an answer with the right options: `(B)`, `B.`, `option B`, `B: 5 cm`, `A and C` by letter, anything else by the
 * option's own text. Where options are letters themselves, either reading may be right.
 */
export function compareChoice(answer: string, gold: readonly number[], options: readonly string[]): Compared {
  const indices = choiceIndices(answer);
  if (indices && isSameSet(indices, gold)) return { comparison: 'equal', as: 'choices' };
  if (gold.length > 1) return { comparison: indices ? 'different' : 'undecided', as: 'choices' };
  const right = options[gold[0]];
  if (isSameText(answer, right)) return { comparison: 'equal', as: 'text of the option' };
  const isAnotherOption = options.some((option) => isSameText(answer, option));
  if (indices || isAnotherOption) return { comparison: 'different', as: 'choices' };
  const byValue = compareAnswers(answer, right);
  if (byValue.comparison !== 'undecided' || answer.length > MAX_LENGTH) return byValue;
  const isAnotherValue = options.some((option) => compareAnswers(answer, option).comparison === 'equal');
  return isAnotherValue ? { comparison: 'different', as: 'choices' } : byValue;
}

/** True for a gold that is a letter or several, which an answer without options may still name with its text. */
export function compareLetters(answer: string, gold: string): Compared | undefined {
  const isLetters = /^[([]?[A-J][)\]]?(?:(?:,\s*|\s+and\s+|\s+)[([]?[A-J][)\]]?){0,9}$/.test(gold.trim());
  const right = isLetters ? choiceIndices(gold) : undefined;
  const given = right && choiceIndices(answer);
  if (!right || !given) return undefined;
  return { comparison: isSameSet(given, right) ? 'equal' : 'different', as: 'choices' };
}

const isSameSet = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((index) => b.includes(index));

/** 0 for `A`, `(A)`, `A.`, `A) 5`, `option A`, `a`; 0 and 2 for `A, C`, `A and C`, `AC`; undefined for all else. */
function choiceIndices(text: string): number[] | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const plain = normalizeAnswer(text).replace(LABEL, '');
  const several =
    /^[([]?\s*[A-J][)\]]?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s*[&;/]\s*|\s+(?=[([]))[([]?[A-J][)\]]?)+$/.test(
      plain,
    );
  const isRunOn = /^[A-J]{2,10}$/.test(plain) && new Set(plain).size === plain.length;
  const letters = several || isRunOn ? plain.match(/[A-J]/g)! : oneLetter(plain);
  return letters && [...new Set(letters)].map((letter) => letter.toUpperCase().charCodeAt(0) - 65).sort();
}

/** The letter alone or before its text; all that stand in brackets where there are several, so that nobody hedges. */
function oneLetter(plain: string): string[] | undefined {
  const alone = /^[([]?\s*([A-Ja-j])\s*[)\]]?[.:]?$/.exec(plain)?.[1];
  if (alone) return [alone];
  const labelled = /^\(?([A-J])\s*[).:]\s*\S/.exec(plain)?.[1];
  return labelled ? [labelled, ...Array.from(plain.matchAll(/\(([A-J])\)/g), ([, letter]) => letter)] : undefined;
}
