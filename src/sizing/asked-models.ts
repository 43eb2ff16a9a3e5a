import { z } from 'zod';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { Tokens } from './model-prices.ts';

/** What of an endpoint's options its price follows from. */
const AskedModel = z.object({
  provider: z.enum(['bedrock', 'openai']),
  model: z.string(),
  /** Of a server that is no provider's own, whose prices are not known. */
  baseUrl: z.string().optional(),
  price: z.object({ inputPerMillionTokens: z.number(), outputPerMillionTokens: z.number() }).optional(),
  maxOutputTokens: z.number().default(8192),
});
export type AskedModel = z.infer<typeof AskedModel>;

/** The model that a run's expert is, where it is one behind an endpoint. */
export function expertModelOf({ expert }: Pick<RunConfig, 'expert'>): AskedModel | undefined {
  return expert.name === 'endpoint' && expert.module === undefined
    ? AskedModel.safeParse(expert.options).data
    : undefined;
}

/** The models that judge for a run's rewards, by reward; rewards that weigh nothing ask nobody. */
export function judgeModelsOf({ rewards }: Pick<RunConfig, 'rewards'>): { reward: string; judge: AskedModel }[] {
  return Object.entries(rewards).flatMap(([reward, use]) => {
    const judge = use && use.weight !== 0 ? AskedModel.safeParse(use.options.judge).data : undefined;
    return judge ? [{ reward, judge }] : [];
  });
}

/** Of a question with an image. */
const QUESTION_TOKENS = 1000;
/** The share of its bound that an answer takes. */
const ANSWER_SHARE = 0.25;
/** Of answers, those that are refused and asked for again. */
export const REFUSED_SHARE = 0.25;
/** Tries of an answer where the config says nothing: those of the expert `endpoint`. */
const MAX_ATTEMPTS = 2;

/** What asking a model about one prompt is taken to come to before anybody was asked; a try is shown those before it. */
export function assumeConsultation(
  { expert }: Pick<RunConfig, 'expert'>,
  { maxOutputTokens }: Pick<AskedModel, 'maxOutputTokens'>,
  questionTokens = QUESTION_TOKENS,
): Tokens & { calls: number } {
  const answerTokens = ANSWER_SHARE * maxOutputTokens;
  const answers = expert.answersPerPrompt ?? 1;
  const attempts = Array.from({ length: expert.maxAttempts ?? MAX_ATTEMPTS }, (_, before) => ({
    share: REFUSED_SHARE ** before,
    inputTokens: questionTokens + before * answerTokens,
  }));
  const sumOf = (each: (attempt: { share: number; inputTokens: number }) => number) =>
    answers * attempts.reduce((sum, attempt) => sum + attempt.share * each(attempt), 0);
  return {
    calls: sumOf(() => 1),
    inputTokens: sumOf(({ inputTokens }) => inputTokens),
    outputTokens: sumOf(() => answerTokens),
  };
}
