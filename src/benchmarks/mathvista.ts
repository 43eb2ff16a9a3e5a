import { z } from 'zod';
import { computeEditDistance } from '../base/edit-distance.ts';
import { compareChoice, isYesOrNo } from '../rewards/accuracy/choice.ts';
import { extractAnswer } from '../rewards/accuracy/extract/extract.ts';
import { BUILT_IN_VERSIONS } from '../rewards/index.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Benchmark, Grading } from './benchmark.ts';
import { demandDetail } from './demand-detail.ts';
import { listDetail } from './list-detail.ts';
import { numericValue } from './numeric-value.ts';
import { parsePythonFloat, roundAsPython, writePythonFloat, writePythonInteger } from './python-numbers.ts';
import { wordPrompt } from './word-prompt.ts';
import { writeOptions } from './write-options.ts';

const TABLES = ['question_type', 'answer_type', 'language', 'source', 'category', 'task', 'context', 'grade'];

/**
 * MathVista (Lu et al. 2023, arXiv 2310.02255), by the rules of `evaluation/` in lupantech/MathVista: what a language model reads
 * in a response, here our rules, is the letter of a choice, or the choice of the least edit distance, so that an empty response
 * has the shortest; else an integer, a number rounded to its decimals, or the text of a list, equal to the answer as written.
 */
export const mathvista: Benchmark = {
  name: 'mathvista',
  title: 'MathVista',
  version: '1',
  options: z.strictObject({}),
  create: () => ({
    rewards: { accuracy: BUILT_IN_VERSIONS.accuracy },
    word: (prompt) => wordPrompt(prompt, wordQuestion(prompt)),
    grade: (prompt, text) => gradeExtraction(prompt, readAtOnce(prompt, text) ?? readByRules(prompt, text)),
    gradeWith: async (judge, prompt, text) => {
      const read = readAtOnce(prompt, text) ?? (await judge.read(formOf(prompt), wordQuestion(prompt), text));
      return gradeExtraction(prompt, read);
    },
    categoriesOf: (prompt) => ({
      ...Object.fromEntries(TABLES.map((table) => [table, listDetail(prompt, table)])),
      skills: listDetail(prompt, 'skills'),
    }),
  }),
};

const isChoice = (prompt: Prompt) => demandDetail(prompt, 'question_type', 'mathvista') === 'multi_choice';
const answerTypeOf = (prompt: Prompt) => demandDetail(prompt, 'answer_type', 'mathvista');
/** Decimals of a float; those of the answer where the file has none. */
const precisionOf = ({ details, groundTruth }: Prompt) =>
  Number(details?.precision ?? groundTruth.split('.')[1]?.length ?? 0);

/** The published `query`; VLMEvalKit's tables hold it as the question. */
function wordQuestion(prompt: Prompt): string {
  const { question, details, options = [] } = prompt;
  if (question.startsWith('Hint: ')) return question;
  const unit = details?.unit === undefined ? '' : ` (Unit: ${details.unit})`;
  const choices = writeOptions(options, (letter, option) => `\n(${letter}) ${option}`);
  const listed = choices.length === 0 ? '' : `\nChoices:${choices.join('')}`;
  return `Hint: Please answer the question ${describeAnswer(prompt)}, at the end.\nQuestion: ${question}${unit}${listed}`;
}

const DECIMALS: Record<number, string> = {
  1: 'one decimal place and provide the final value, e.g., 1.2, 1.3, 1.4',
  2: 'two decimal places and provide the final value, e.g., 1.23, 1.34, 1.45',
};

/** What the hint asks for. */
function describeAnswer(prompt: Prompt): string {
  if (isChoice(prompt)) return 'and provide the correct option letter, e.g., A, B, C, D';
  const precision = precisionOf(prompt);
  const places = DECIMALS[precision] ?? `${precision} decimal places and provide the final value`;
  const described: Record<string, string> = {
    integer: 'requiring an integer answer and provide the final value, e.g., 1, 2, 3',
    float: `requiring a floating-point number with ${places}`,
    list: 'requiring a Python list as an answer and provide the final list, e.g., [1, 2, 3], [1.2, 1.3, 1.4]',
  };
  return described[answerTypeOf(prompt)] ?? 'and provide the final value';
}

/** What no language model has to be asked for: the text of a choice, a number alone, nothing. */
function readAtOnce(prompt: Prompt, text: string): string | undefined {
  if (text === '' || (isChoice(prompt) && prompt.options?.includes(text))) return text;
  const isNumber = answerTypeOf(prompt) === 'integer' ? /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(text) : isFloat(text);
  return !isChoice(prompt) && isNumber && answerTypeOf(prompt) !== 'list' ? text.trim() : undefined;
}

/** What a language model is to write: as the benchmark's examples have it. */
function formOf(prompt: Prompt): string {
  if (isChoice(prompt)) return 'as the letter of the option that it chooses, alone: B';
  const forms: Record<string, string> = {
    integer: 'as a whole number in digits: 14',
    float: `as a number with ${precisionOf(prompt)} decimals, without its unit: 1.45`,
    list: 'as a Python list: [2007, 2008]',
  };
  return forms[answerTypeOf(prompt)] ?? 'as it stands in the response';
}

const isFloat = (text: string) => parsePythonFloat(text) !== undefined;

/** What a response gives as its answer, in the form that the benchmark has it extracted in. */
function readByRules(prompt: Prompt, text: string): string {
  const quoted = /The answer is "(.*)"\./.exec(text)?.[1];
  if (quoted !== undefined) return quoted;
  if (isChoice(prompt)) return readChoice(prompt.options ?? [], text);
  const said = extractAnswer(text, 'value')?.answer ?? '';
  if (answerTypeOf(prompt) === 'list') return `[${numbersIn(said).join(', ')}]`;
  const value = numericValue(said);
  return value === undefined ? (numbersIn(said).at(-1) ?? '') : String(value);
}

/** The option that a response chooses, or what it says where that is none of them. */
function readChoice(options: readonly string[], text: string): string {
  const said = extractAnswer(text, options.every(isYesOrNo) ? 'yes or no' : 'choice')?.answer ?? '';
  if (/^\(?[A-Z]\)?$/.test(said)) return said;
  const chosen = options.findIndex((_, at) => compareChoice(said, [at], options).comparison === 'equal');
  return options[chosen] ?? said;
}

const numbersIn = (text: string) => text.replace(/(?<=\d),(?=\d{3}\b)/g, '').match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? [];

function gradeExtraction(prompt: Prompt, extraction: string): Grading {
  const answer = normalize(prompt, extraction);
  return { isCorrect: answer === prompt.groundTruth, answer };
}

/** An extraction as the answer would be written; undefined where it is of another type. */
function normalize(prompt: Prompt, extraction: string): string | undefined {
  if (isChoice(prompt)) return normalizeChoice(prompt.options ?? [], extraction.trim());
  const type = answerTypeOf(prompt);
  if (type !== 'integer' && type !== 'float') return extraction;
  const value = parsePythonFloat(extraction);
  if (value === undefined) return undefined;
  return type === 'integer' ? writePythonInteger(value) : writePythonFloat(roundAsPython(value, precisionOf(prompt)));
}

function normalizeChoice(options: readonly string[], extraction: string): string | undefined {
  const letter = /\(([a-zA-Z])\)/.exec(extraction)?.[1].toUpperCase() ?? extraction;
  const named = letter.length === 1 ? options[letter.charCodeAt(0) - 65] : undefined;
  if (named !== undefined) return named;
  const distances = options.map((option) => computeEditDistance(letter, option));
  return options[distances.indexOf(Math.min(...distances))];
}
