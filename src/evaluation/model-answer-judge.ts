import { z } from 'zod';
import { hashJson } from '../base/hash.ts';
import type { AnswerJudge } from '../benchmarks/benchmark.ts';
import type { LanguageModel } from '../endpoints/language-model.ts';
import type { StructuredRequest } from '../endpoints/structured-request.ts';
import type { JudgeTotals } from '../schema/trajectory.ts';
import { createKeepOnce } from '../store/keep-once.ts';
import type { TextCache } from '../store/text-cache.ts';
import { ANSWER_JUDGE_VERSION, buildAgreeRequest, buildReadRequest } from './judge-requests.ts';

/** A judgement as it is kept. */
const KeptJudgement = z.object({
  value: z.union([z.string(), z.boolean()]),
  inputTokens: z.number(),
  outputTokens: z.number(),
});
type KeptJudgement = z.infer<typeof KeptJudgement>;

const Answer = z.object({ answer: z.string() }).transform(({ answer }) => answer);
const Verdict = z.object({ agrees: z.boolean() }).transform(({ agrees }) => agrees);

/** A judge of answers, and what its judgements took. */
export interface CountingAnswerJudge extends AnswerJudge {
  /** Model and prompt, for settings: evaluations by different judges are not compared. */
  name: string;
  /** Each judgement once, kept ones too. */
  total(): JudgeTotals;
}

/**
 * A language model as a judge of answers. Judgements are kept by what they rest on (model, prompt version, form, question, text):
 * nothing is paid for twice, and grading again gives the same. Its calls throw as the model's do.
 */
export function createModelAnswerJudge(model: LanguageModel, cache: TextCache): CountingAnswerJudge {
  const keepOnce = createKeepOnce(cache, KeptJudgement);
  const judgements = new Map<string, KeptJudgement>();
  const judge = async <T extends string | boolean>(request: StructuredRequest, schema: z.ZodType<T>): Promise<T> => {
    const key = hashJson([...model.identity, ANSWER_JUDGE_VERSION, request]);
    const judgement = await keepOnce(key, () => model.ask(request, (value) => schema.safeParse(value).data));
    judgements.set(key, judgement);
    return judgement.value as T;
  };
  return {
    name: `${model.name}, prompt ${ANSWER_JUDGE_VERSION}`,
    read: (form, question, response) => judge(buildReadRequest(form, question, response), Answer),
    agree: (question, expected, answer) => judge(buildAgreeRequest(question, expected, answer), Verdict),
    total: () => addUp([...judgements.values()], model),
  };
}

function addUp(judgements: readonly KeptJudgement[], model: LanguageModel): JudgeTotals {
  const sum = (numberOf: (judgement: KeptJudgement) => number) =>
    judgements.reduce((total, judgement) => total + numberOf(judgement), 0);
  return {
    judgements: judgements.length,
    judgeInputTokens: sum(({ inputTokens }) => inputTokens),
    judgeOutputTokens: sum(({ outputTokens }) => outputTokens),
    judgeDollars: sum((tokens) => model.priceOf(tokens) ?? 0),
  };
}
