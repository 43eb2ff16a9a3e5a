import type { ActiveExamination } from '../benchmarks/index.ts';
import { EndpointOptions } from '../endpoints/endpoint-options.ts';
import type { Environment } from '../endpoints/environment.ts';
import { createLanguageModel } from '../endpoints/language-model.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { judgementKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';
import { createTextCache } from '../store/text-cache.ts';
import { demandJudging } from './grade-answers.ts';
import { type CountingAnswerJudge, createModelAnswerJudge } from './model-answer-judge.ts';

/** Who judges, as a command line says it. */
export interface JudgeChoice {
  /** `bedrock`, or what stands before an endpoint's `/chat/completions`. */
  judge: string;
  judgeModel?: string;
  judgeApiKeyEnv?: string;
  judgeRequestsPerMinute?: number;
  judgePrice?: { inputPerMillionTokens: number; outputPerMillionTokens: number };
}

/** Options of the command line by the fields of an endpoint. */
const OPTIONS: Record<string, string> = {
  ...{ baseUrl: '--judge', model: '--judge-model', apiKeyVariable: '--judge-api-key-env' },
  ...{ requestsPerMinute: '--judge-requests-per-minute', price: '--judge-price' },
};

/**
 * The judge that a command line chooses; it keeps its judgements on the store. Throws `InvalidInputError` that names the option
 * that is at fault, where the key is not in the environment, and where the benchmark asks no language model.
 */
export function openAnswerJudge(
  choice: JudgeChoice,
  benchmark: ActiveExamination,
  store: Store,
  environment: Environment,
): CountingAnswerJudge {
  demandJudging(benchmark);
  const { judge, judgeModel: model, judgeApiKeyEnv, judgeRequestsPerMinute, judgePrice } = choice;
  if (model === undefined) throw new InvalidInputError(`give --judge-model: who judges at ${judge}`);
  const read = EndpointOptions.safeParse({
    ...(judge === 'bedrock' ? { provider: 'bedrock' } : { provider: 'openai', baseUrl: judge }),
    model,
    ...(judgeApiKeyEnv !== undefined && { apiKeyVariable: judgeApiKeyEnv }),
    ...(judgeRequestsPerMinute !== undefined && { requestsPerMinute: judgeRequestsPerMinute }),
    ...(judgePrice !== undefined && { price: judgePrice }),
  });
  if (!read.success) {
    const [{ path, message }] = read.error.issues;
    throw new InvalidInputError(`${OPTIONS[String(path[0])] ?? '--judge'}: ${message}`);
  }
  return createModelAnswerJudge(createLanguageModel(read.data, environment), createTextCache(store, judgementKey));
}
