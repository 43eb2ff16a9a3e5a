import { type Comparison, compareAnswers, isSameText } from './compare.ts';
import { normalizeAnswer } from './normalize.ts';

/** Index of the right option, from its letter or its own text; undefined where the gold names none of them. */
export function findGoldOption(gold: string, options: readonly string[]): number | undefined {
  const letter = choiceIndex(gold);
  if (letter !== undefined && letter < options.length) return letter;
  const byText = options.findIndex((option) => compareAnswers(option, gold) === 'equal');
  return byText < 0 ? undefined : byText;
}

/**
 * Compares an answer with the right option: `(B)`, `B.`, `option B`, `B: 5 cm` by letter, anything else by the
 * option's own text. Where options are letters themselves, either reading may be right.
 */
export function compareChoice(answer: string, goldIndex: number, options: readonly string[]): Comparison {
  if (choiceIndex(answer) === goldIndex || isSameText(answer, options[goldIndex])) return 'equal';
  const isAnotherOption = options.some((option) => isSameText(answer, option));
  if (choiceIndex(answer) !== undefined || isAnotherOption) return 'different';
  const byValue = compareAnswers(answer, options[goldIndex]);
  if (byValue !== 'undecided') return byValue;
  return options.some((option) => compareAnswers(answer, option) === 'equal') ? 'different' : 'undecided';
}

/** 0 for `A`, `(A)`, `A.`, `A) 5`, `option A`, `a`; undefined for anything that is not plainly a choice letter. */
function choiceIndex(text: string): number | undefined {
  const plain = normalizeAnswer(text).replace(
    /^(?:the\s+)?(?:correct\s+)?(?:option|choice|answer|figure|picture|image)\s*:?\s*/i,
    '',
  );
  const letter =
    /^[([]?\s*([A-Ja-j])\s*[)\]]?[.:]?$/.exec(plain)?.[1] ?? /^\(?([A-J])\s*[).:]\s*\S/.exec(plain)?.[1] ?? undefined;
  return letter === undefined ? undefined : letter.toUpperCase().charCodeAt(0) - 'A'.charCodeAt(0);
}
