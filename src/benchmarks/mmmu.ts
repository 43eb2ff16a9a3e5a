import { z } from 'zod';
import { readList } from '../base/list-text.ts';
import { meanOf } from '../base/statistics/bootstrap.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Benchmark, GradedPrompt, Grading } from './benchmark.ts';
import { parsePythonFloat, roundAsPython } from './python-numbers.ts';
import { shareRight } from './score-policy.ts';
import { wordPrompt } from './word-prompt.ts';
import { writeOptions } from './write-options.ts';

/**
 * MMMU (Yue et al. 2023, arXiv 2311.16502), by the rules of `mmmu/utils/eval_utils.py` in MMMU-Benchmark/MMMU: of choices the last
 * `(B)`, else the last ` B `, else, in over five words, the last option whose text is there; of open questions the answer is part
 * of what stands behind the last `is `, `so ` ... of a line, or is one of its numbers to two decimals. A choice that cannot be read
 * is drawn by chance there; here it is wrong, and `accuracy with guesses` is what chance would make of it.
 */
export const mmmu: Benchmark = {
  name: 'mmmu',
  title: 'MMMU',
  version: '1',
  options: z.strictObject({}),
  create: () => ({
    rewards: {},
    word: (prompt) => wordPrompt(prompt, wordQuestion(prompt)),
    grade: (prompt, text) => {
      const { options } = prompt;
      return isChoice(prompt) ? gradeChoice(prompt, readChoice(options!, text)) : gradeOpen(prompt, text);
    },
    // As VLMEvalKit does of choices that the rules cannot read.
    gradeWith: async (judge, prompt, text) => {
      if (!isChoice(prompt)) return gradeOpen(prompt, text);
      const read = readChoice(prompt.options!, text) ?? (await judge.read(FORM, wordQuestion(prompt), text));
      return gradeChoice(prompt, read === '' ? undefined : read);
    },
    categoriesOf: (prompt) => {
      const subject = subjectOf(prompt);
      const [discipline = 'none'] = Object.entries(DISCIPLINES).find(([, own]) => own.includes(subject)) ?? [];
      return { discipline: [discipline], subject: [subject] };
    },
    measure: measureUnread,
  }),
};

const DISCIPLINES: Record<string, readonly string[]> = {
  'Art and Design': ['Art', 'Art_Theory', 'Design', 'Music'],
  Business: ['Accounting', 'Economics', 'Finance', 'Manage', 'Marketing'],
  Science: ['Biology', 'Chemistry', 'Geography', 'Math', 'Physics'],
  'Health and Medicine': [
    ...['Basic_Medical_Science', 'Clinical_Medicine', 'Diagnostics_and_Laboratory_Medicine', 'Pharmacy'],
    'Public_Health',
  ],
  'Humanities and Social Science': ['History', 'Literature', 'Sociology', 'Psychology'],
  'Tech and Engineering': [
    ...['Agriculture', 'Architecture_and_Engineering', 'Computer_Science', 'Electronics', 'Energy_and_Power'],
    ...['Materials', 'Mechanical_Engineering'],
  ],
};

/** VLMEvalKit's tables have it as the category. */
const subjectOf = ({ details }: Prompt) => String(details?.subject ?? details?.category ?? 'none');
const isChoice = ({ options = [] }: Prompt) => options.length > 0;

function wordQuestion(prompt: Prompt): string {
  const { question, options = [] } = prompt;
  if (!isChoice(prompt)) return `${question}\nAnswer the question using a single word or phrase.`;
  const listed = writeOptions(options, (letter, option) => `(${letter}) ${option}\n`).join('');
  return `${question}\n${listed}\nAnswer with the option's letter from the given choices directly.`;
}

const FORM = 'as the letter of the option that it means, alone: B';

const gradeChoice = ({ groundTruth }: Prompt, answer: string | undefined): Grading => ({
  isCorrect: answer === groundTruth,
  answer,
});

/** The letter that a response chooses; undefined where it names none. */
function readChoice(options: readonly string[], response: string): string | undefined {
  const text = ` ${[',', '.', '!', '?', ';', ':', "'"].reduce(stripAll, response)} `;
  const letters = writeOptions(options, (letter) => letter);
  const named = lastOf(letters, (letter) => text.lastIndexOf(`(${letter})`));
  const apart = named ?? lastOf(letters, (letter) => text.lastIndexOf(` ${letter} `));
  if (apart !== undefined || text.trim().split(/\s+/).length <= 5) return apart;
  const plain = text.toLowerCase();
  return lastOf(letters, (letter) => plain.lastIndexOf(options[letters.indexOf(letter)].toLowerCase()));
}

/** A text without one character at both ends, however often it stands there. */
function stripAll(text: string, character: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === character) start += 1;
  while (end > start && text[end - 1] === character) end -= 1;
  return text.slice(start, end);
}

/** The letter that stands furthest behind, the first of equals; undefined where none stands anywhere. */
function lastOf(letters: readonly string[], placeOf: (letter: string) => number): string | undefined {
  const places = letters.map(placeOf);
  const last = Math.max(...places);
  return last < 0 ? undefined : letters[places.indexOf(last)];
}

type Value = string | number;

function gradeOpen({ groundTruth }: Prompt, text: string): Grading {
  const expected = (readList(groundTruth) ?? [groundTruth]).flatMap(normalize);
  const said = readTails(text);
  const given = [...said, ...said.flatMap(numbersIn)].flatMap(normalize);
  const isCorrect = given.some((one) =>
    expected.some((right) =>
      typeof one === 'string' ? typeof right === 'string' && one.includes(right) : one === right,
    ),
  );
  return { isCorrect, answer: said.at(-1) };
}

const INDICATORS = ['could be ', 'so ', 'is ', 'thus ', 'therefore ', 'final ', 'answer ', 'result '];

/** Of each line the shortest text behind an indicator, in the last line behind `=` too; without any the whole response. */
function readTails(response: string): string[] {
  const text = stripAll(response.trim(), '.').toLowerCase();
  const lines = text.split('\n');
  const tails = lines.flatMap((line, at) => {
    const indicators = at === lines.length - 1 ? [...INDICATORS, '='] : INDICATORS;
    const behind = indicators.filter((mark) => line.includes(mark)).map((mark) => line.split(mark).at(-1)!.trim());
    const shortest = behind.reduce((best, one) => (best === '' || one.length < best.length ? one : best), '');
    return shortest === '' || /^[:,.!?;']$/.test(shortest) ? [] : [shortest];
  });
  return tails.length === 0 ? [text] : tails;
}

const NUMBERS = [
  /-?\b\d{1,3}(?:,\d{3})+\b/g,
  /-?\d+(?:\.\d+)?[eE][+-]?\d+/g,
  /-?(?:\d+\.\d+|\.\d+|\d+\b)(?![eE][+-]?\d+)(?![,\d])/g,
];
const numbersIn = (text: string) => NUMBERS.flatMap((form) => text.match(form) ?? []);

/** A number to two decimals, or a text in lower case, which has to stand apart where it is one character. */
function normalize(text: string): Value[] {
  const plain = text.trim();
  const value = parsePythonFloat(plain.replaceAll(',', ''));
  if (value !== undefined) return [roundAsPython(value, 2)];
  const lower = plain.toLowerCase();
  return lower.length === 1 ? [` ${lower}`, `${lower} `] : [lower];
}

/** The share of choices that could not be read, and the accuracy with the chance of a guess for each. */
function measureUnread(graded: readonly GradedPrompt[]): Record<string, number> {
  const unread = graded.map(({ prompt, gradings }) =>
    isChoice(prompt) ? meanOf(gradings.map(({ answer }) => Number(answer === undefined))) : 0,
  );
  const guessed = graded.map((one, at) => shareRight(one) + unread[at] / Math.max(1, one.prompt.options?.length ?? 0));
  return { 'choices not read': meanOf(unread), 'accuracy with guesses': meanOf(guessed) };
}
