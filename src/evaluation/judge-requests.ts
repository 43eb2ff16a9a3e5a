import { fenceQuestion, fenceResponse, toPlainLine } from '../endpoints/fence.ts';
import type { StructuredRequest } from '../endpoints/structured-request.ts';

/** The version of what a judge of answers is shown: what it said to another prompt is another judgement. */
export const ANSWER_JUDGE_VERSION = '1';

/** An extracted answer is short; a formula or a list may be longer. */
const ANSWER_TOKENS = 512;
const VERDICT_TOKENS = 64;

/** Asks for the final answer of a response. */
export function buildReadRequest(form: string, question: string, response: string): StructuredRequest {
  const [asked, given] = [fenceQuestion(question), fenceResponse(response, [form, question])];
  return {
    system: [
      'You read the final answer out of a response to a question. You do not solve the question, and you do not mend the answer.',
      `Write the answer ${form}. Where the response is in words, write what they amount to in that form.`,
      'Where the response gives no final answer, or several without deciding, write nothing.',
      asked.rule,
      given.rule,
    ].join('\n'),
    user: [
      asked.open,
      asked.shown,
      asked.close,
      '',
      given.open,
      given.shown,
      given.close,
      '',
      'The response has ended.',
    ].join('\n'),
    answerName: 'record_answer',
    answerDescription: 'Records the final answer of the response; an empty text where it gives none.',
    answerSchema: objectOf({ answer: { type: 'string' } }),
    maxOutputTokens: ANSWER_TOKENS,
  };
}

/** Asks whether an answer says what the right one says. */
export function buildAgreeRequest(question: string, expected: string, answer: string): StructuredRequest {
  const [asked, given] = [fenceQuestion(question), fenceResponse(answer, [expected, question])];
  return {
    system: [
      'You compare an answer to a question with the right answer. They agree where they mean the same thing: a letter and the text',
      'of its option, one quantity in two units, one number or expression in two notations. They do not where a bound, a sign or a',
      'part differs, or where the answer gives more than one.',
      asked.rule,
      given.rule,
    ].join('\n'),
    user: [
      ...[asked.open, asked.shown, asked.close, ''],
      `The right answer: ${toPlainLine(expected)}`,
      ...['', given.open, given.shown, given.close, '', 'The answer has ended.'],
    ].join('\n'),
    answerName: 'record_verdict',
    answerDescription: 'Records whether the answer agrees with the right answer.',
    answerSchema: objectOf({ agrees: { type: 'boolean' } }),
    maxOutputTokens: VERDICT_TOKENS,
  };
}

const objectOf = (properties: Record<string, { type: string }>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
