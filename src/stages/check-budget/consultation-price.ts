import { z } from 'zod';
import type { RunConfig } from '../../schema/config/run-config.ts';

/** What of an expert's options a price follows from, where it is a language model with one. */
const Priced = z.object({
  price: z.object({ inputPerMillionTokens: z.number(), outputPerMillionTokens: z.number() }),
  maxOutputTokens: z.number().default(8192),
});

/** Of a question with an image; and the share of its bound that an answer takes. */
const QUESTION_TOKENS = 1000;
const ANSWER_SHARE = 0.25;

/** US dollars that asking the expert about a prompt is taken to cost before anybody was asked; 0 where it has no price. */
export function priceConsultation({ expert }: Pick<RunConfig, 'expert'>): number {
  const { success, data } = Priced.safeParse(expert.options);
  if (!success) return 0;
  const { price, maxOutputTokens } = data;
  const answer =
    QUESTION_TOKENS * price.inputPerMillionTokens + ANSWER_SHARE * maxOutputTokens * price.outputPerMillionTokens;
  return ((expert.answersPerPrompt ?? 1) * answer) / 1e6;
}
