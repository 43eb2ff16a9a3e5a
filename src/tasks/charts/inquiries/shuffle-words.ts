import type { Random } from '../../../base/random.ts';

/** Words of a question in small letters, without its marks. */
export const wordsOf = (question: string): string[] => question.toLowerCase().match(/[a-z0-9]+/g)!;

/** Words that stand together say something still; so many in a row do not stay together. */
const LONGEST_LEFT = 2;

/** The words of questions shuffled into each other, so that no three that stood together in one still do. */
export function shuffleWords(questions: readonly string[], random: Random): string {
  const words = questions.map(wordsOf);
  const runs = new Set(words.flatMap(runsOf));
  for (;;) {
    const shuffled = random.shuffle(words.flat());
    if (!runsOf(shuffled).some((run) => runs.has(run))) return shuffled.join(' ');
  }
}

const runsOf = (words: readonly string[]): string[] =>
  words.slice(LONGEST_LEFT).map((_, start) => words.slice(start, start + LONGEST_LEFT + 1).join(' '));
