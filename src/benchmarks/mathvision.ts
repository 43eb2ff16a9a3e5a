import { z } from 'zod';
import type { Prompt } from '../schema/prompt.ts';
import type { Benchmark } from './benchmark.ts';
import { numericValue } from './numeric-value.ts';
import { parsePythonFloat, roundAsPython } from './python-numbers.ts';
import { wordPrompt } from './word-prompt.ts';
import { writeOptions } from './write-options.ts';

const INSTRUCTION =
  'Please first solve the problem step by step, then put your final answer or a single letter (if it is a multiple choice ' +
  'question) in one "\\boxed{}". \n';

/**
 * MathVision (Wang et al. 2024, arXiv 2402.14804), by the rules of `evaluation/` in mathllm/MATH-V: the last box, else what
 * stands behind "the answer is"; equal to the letter or to the text of its option, numbers to two decimals.
 */
export const mathvision: Benchmark = {
  name: 'mathvision',
  title: 'MathVision',
  version: '1',
  options: z.strictObject({}),
  create: () => ({
    rewards: {},
    word: (prompt) => wordPrompt(prompt, wordQuestion(prompt)),
    grade: (prompt, text) => gradeExtraction(prompt, extractAnswer(text)),
    // As VLMEvalKit does; the comparison stays the benchmark's own.
    gradeWith: async (judge, prompt, text) => {
      const form = prompt.options?.length ? 'as the letter of the option that it chooses, alone' : 'as a formula alone';
      const read = await judge.read(form, wordQuestion(prompt), text);
      return gradeExtraction(prompt, cleanAnswer(openBox(read)));
    },
    categoriesOf: ({ details }) => {
      const [subject, level] = [String(details?.subject ?? 'none'), String(details?.level ?? 'none')];
      return { subject: [subject], level: [level], 'subject and level': [`${subject}, ${level}`] };
    },
  }),
};

function wordQuestion({ question, options = [] }: Prompt): string {
  const lines = writeOptions(options, (letter, option) => `(${letter}) ${option}\n`);
  return `${INSTRUCTION}${question}\n${lines.join('')}`;
}

function gradeExtraction({ groundTruth, options = [] }: Prompt, answer: string) {
  const option = options[groundTruth.charCodeAt(0) - 65] ?? '';
  const isCorrect = isEqual(groundTruth, answer) || isEqual(option, answer);
  return { isCorrect, ...(answer !== '' && { answer }) };
}

const LETTER_ALONE = [/ ([A-E])\.$/, / \(([A-E])\)\.$/, /^([A-E])\n/, /^\(([A-E])\)\n/, /^\(([A-E])\) \1\n/];
const ANNOUNCEMENTS = ['the final answer is', 'the answer is', 'the correct answer is', 'the answer should be'];

/** What the response gives as its answer, in lower case and without blanks. */
function extractAnswer(response: string): string {
  const text = response.trim();
  const letter = LETTER_ALONE.map((form) => form.exec(text)?.[1]).find((found) => found !== undefined);
  const said = behindLast(letter ?? text, 'is ').replace(/\.+$/, '');
  const short = parsePythonFloat(said) === undefined ? (letter ?? text) : said;
  return cleanAnswer(openBox(short.includes('oxed{') ? fromLastBox(short) : behindAnnouncements(short)));
}

const behindLast = (text: string, mark: string) => text.split(mark).at(-1)!;

const fromLastBox = (text: string) => text.slice(text.lastIndexOf('oxed{'));

/** The rest of the sentence behind each announcement in turn. */
function behindAnnouncements(text: string): string {
  const marks = ANNOUNCEMENTS.flatMap((mark) => [mark, mark.replaceAll('the', 'The')]);
  return marks.reduce((rest, mark) => {
    const behind = behindLast(rest, mark).trim();
    return rest.includes(mark) ? behind.split('\n')[0].split('. ')[0] : behind;
  }, text);
}

/** What is in the box, up to a brace that closes none; all of it where there is no box. */
function openBox(text: string): string {
  const plain = text.toLowerCase().replaceAll('{}', '');
  const inner = /oxed\{(.*)\}/s.exec(plain)?.[1] ?? plain;
  const [opening, closing] = [inner.indexOf('{'), inner.indexOf('}')];
  return closing !== -1 && (opening === -1 || closing < opening) ? inner.slice(0, closing) : inner;
}

/** What is taken out of an answer, one after the other: blanks, spacing, fonts, degrees, a few units, signs of money. */
const DROPPED: readonly [RegExp, string][] = [
  [/ |\\,/g, ''],
  [/∞/g, '\\infty'],
  [/\+\\infty/g, '\\infty'],
  [/\\\\/g, '\\'],
  [/\n/g, ''],
  [/\\text|\\mbox/g, ''],
  [/\\left|\\right/g, ''],
  [/\^\{\\circ\}|\^\\circ/g, ''],
  [/\{m\}\^3|m\^3|\{units\}|units|\{km\}|km/g, ''],
  [/\\!/g, ''],
  [/[td]frac/g, 'frac'],
  [/\\?\$|\\%/g, ''],
  [/^\./, '0.'],
  [/\(([a-e])\)/g, '$1'],
  [/\{([a-e])\}/g, '$1'],
  [/\.+$/, ''],
  [/^:+/, ''],
];

const cleanAnswer = (boxed: string) =>
  DROPPED.reduce((text, [form, by]) => text.replace(form, by), behindLast(behindLast(boxed, '='), '\\approx')).trim();

function isEqual(expected: string, answer: string): boolean {
  const [left, right] = [expected.toLowerCase(), answer.toLowerCase()];
  if (left.trim() === '' || right.trim() === '') return false;
  if (left.trim() === right.trim()) return true;
  const [x, y] = [left, right].map(readTuple);
  if (x && y) return x.join() === y.join();
  const [a, b] = [left, right].map(readFormula);
  return a !== undefined && b !== undefined && roundAsPython(a, 2) === roundAsPython(b, 2);
}

/** As latex2sympy reads it: up to a brace that closes none, a ratio as a quotient, a number before a fraction as its factor. */
const readFormula = (formula: string) =>
  numericValue(
    upToStrayBrace(formula)
      .replace(/[$]/g, '')
      .replaceAll(':', '/')
      .replace(/(\d)(?=\\frac)/g, '$1*'),
  );

function upToStrayBrace(formula: string): string {
  let depth = 0;
  for (let index = 0; index < formula.length; index += 1) {
    if (formula[index] === '{') depth += 1;
    if (formula[index] === '}') depth -= 1;
    if (depth < 0) return formula.slice(0, index);
  }
  return formula;
}

/** The parts of `(1, \frac{1}{2})`, to two decimals where they have a value; undefined where it is no tuple and no list. */
function readTuple(text: string): string[] | undefined {
  const parts = /^(?:\(.*\)|\[.*\])$/s.test(text) ? text.slice(1, -1).split(',') : [];
  if (parts.length < 2) return undefined;
  const read = parts.map((part) => {
    const value = readFormula(part);
    return value === undefined ? part : String(roundAsPython(value, 2));
  });
  return [text[0], ...read];
}
