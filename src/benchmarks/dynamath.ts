import { z } from 'zod';
import { meanOf } from '../base/statistics/bootstrap.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Benchmark, Grading } from './benchmark.ts';
import { demandDetail } from './demand-detail.ts';
import { measurePasses, type Pass } from './measure-passes.ts';
import { parsePythonFloat } from './python-numbers.ts';
import { wordPrompt } from './word-prompt.ts';

/**
 * DynaMath (Zou et al. 2024, arXiv 2411.00836), by the rules of `evaluation/opensource_json_eval.py` in DynaMath/DynaMath: a
 * reply in JSON, its `short answer` within 0.001 of a number, with the letter in its first three characters, or with the text in it.
 * Worst case: every variant of a question is right. Reasoning robustness: that as a share of the average.
 */
export const dynamath: Benchmark = {
  name: 'dynamath',
  title: 'DynaMath',
  version: '1',
  options: z.strictObject({}),
  create: () => ({
    rewards: {},
    word: (prompt) => wordPrompt(prompt, wordQuestion(prompt)),
    grade: (prompt, text) => gradeShortAnswer(prompt, readShortAnswer(text)),
    // As VLMEvalKit does where a reply holds no JSON that answers.
    gradeWith: async (judge, prompt, text) => {
      const read = readObject(text)?.['short answer'] ?? undefined;
      const answer = read === undefined ? await judge.read(formOf(prompt), prompt.question, text) : writeShort(read);
      return gradeShortAnswer(prompt, answer);
    },
    categoriesOf: ({ details }) => ({
      subject: [String(details?.subject ?? 'none')],
      level: [String(details?.knowledge_level ?? details?.level ?? 'none')],
    }),
    measure: (graded) => measurePasses(graded, measureRobustness),
  }),
};

const INSTRUCTION = `
## Answer Instruction Please provide an answer to the question outlined above. Your response should adhere 
to the following JSON format, which includes two keys: 'solution' and 'short answer'. The 'solution' key can contain 
detailed steps needed to solve the question, and the 'short answer' key should provide a concise response. If the problem is a multiple choice problem, just provide the corresponing choice option, 
such as 'A', 'B', 'C', or 'D'. If the answer is a numerical value, format it as a three-digit floating-point number.

Example of expected JSON response format:

{
    "solution": "[Detailed step-by-step explanation]",
    "short answer": "[Concise Answer]"
}`;

const answerTypeOf = (prompt: Prompt) => demandDetail(prompt, 'answer_type', 'vlmevalkit');

function wordQuestion(prompt: Prompt): string {
  const hint = answerTypeOf(prompt) === 'float' ? 'Please answer in a floating-point number.' : '';
  return `## Question\n${prompt.question}${hint}${INSTRUCTION}`;
}

/**
 * The `short answer` of the JSON object in a reply, its backslashes dropped; of a reply without one, the last line but for its last
 * character. Undefined where the reply is JSON and no object.
 */
function readShortAnswer(reply: string): string | undefined {
  const text = cutObject(reply);
  const parsed = parseLoosely(text);
  if (parsed === undefined) return text.split('\n').at(-1)!.slice(0, -1);
  return isRecord(parsed.value) ? writeShort(parsed.value['short answer'] ?? 'None') : undefined;
}

/** The JSON object in a reply; undefined where there is none. */
function readObject(reply: string): Record<string, unknown> | undefined {
  const value = parseLoosely(cutObject(reply))?.value;
  return isRecord(value) ? value : undefined;
}

/** From the first brace to the last, without backslashes. */
function cutObject(reply: string): string {
  const [start, end] = [reply.indexOf('{'), reply.lastIndexOf('}')];
  return start !== -1 && start < end ? reply.slice(start, end + 1).replaceAll('\\', '') : reply;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const writeShort = (answer: unknown) => (typeof answer === 'string' ? answer : JSON.stringify(answer));

/** What a language model is to write where the reply is no JSON. */
function formOf(prompt: Prompt): string {
  const forms: Record<string, string> = {
    float: 'as a number with three decimals, alone',
    'multiple choice': 'as the letter of the option that it chooses, alone',
  };
  return forms[answerTypeOf(prompt)] ?? 'as a short answer, numbers with three decimals';
}

/** JSON whose texts may hold line breaks and tabs. */
function parseLoosely(text: string): { value: unknown } | undefined {
  const escapeControl = (control: string) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is escaped.
    const escaped = text.replace(/"[^"]*"/g, (part) => part.replace(/[\0-\x1f]/g, escapeControl));
    return { value: JSON.parse(escaped) };
  } catch {
    return undefined;
  }
}

const gradeShortAnswer = (prompt: Prompt, answer: string | undefined): Grading => ({
  isCorrect: answer !== undefined && isRight(prompt, answer),
  answer,
});

function isRight(prompt: Prompt, answer: string): boolean {
  const [{ groundTruth }, type] = [prompt, answerTypeOf(prompt)];
  if (type === 'float') {
    const [value, expected] = [readNumber(answer), parsePythonFloat(groundTruth)];
    return value !== undefined && expected !== undefined && Math.abs(value - expected) <= 0.001;
  }
  if (type !== 'multiple choice') return answer.includes(groundTruth);
  return answer.length === 1 ? answer === groundTruth : answer.slice(0, 3).includes(groundTruth);
}

/** The number up to the first blank, or what stands before a `π`, times it. */
function readNumber(answer: string): number | undefined {
  const [first] = answer.split(' ');
  const factor = parsePythonFloat(first.split('π')[0]);
  return factor !== undefined && first.includes('π') ? factor * Math.PI : factor;
}

/** Variants of a question share `qid`. */
function measureRobustness(pass: Pass): Record<string, number> {
  const questions = Map.groupBy(pass, ([prompt]) => demandDetail(prompt, 'qid', 'vlmevalkit'));
  const worst = meanOf(
    [...questions.values()].map((variants) => Number(variants.every(([, { isCorrect }]) => isCorrect))),
  );
  const average = meanOf(pass.map(([, { isCorrect }]) => Number(isCorrect)));
  return { 'worst case': worst, 'reasoning robustness': average === 0 ? 0 : worst / average };
}
