import { z } from 'zod';
import { hashJson } from '../../base/hash.ts';
import type { LanguageModel } from '../../endpoints/language-model.ts';
import { createKeepOnce } from '../../store/keep-once.ts';
import type { TextCache } from '../../store/text-cache.ts';
import type { Judge, Judgement } from './judge.ts';
import { buildJudgeRequest, JUDGE_PROMPT_VERSION, readVerdicts } from './judge-prompt.ts';

/** A judgement as the cache keeps it; null where the model gave no verdict. */
const KeptJudgement = z.object({
  verdicts: z.array(z.boolean().nullable()),
  inputTokens: z.number(),
  outputTokens: z.number(),
});
type KeptJudgement = z.infer<typeof KeptJudgement>;

/**
 * A language model as a judge, one request for all facts of a response. Judgements are kept by what they rest on: model, prompt
 * version, facts and response; the same response is never paid for twice, and scoring again gives the same.
 */
export function createModelJudge(model: LanguageModel, cache: TextCache): Judge {
  const keepOnce = createKeepOnce(cache, KeptJudgement);
  const ask = async (facts: readonly string[], response: string): Promise<KeptJudgement> => {
    const request = buildJudgeRequest(facts, response);
    const { value, ...tokens } = await model.ask(request, (answer) => readVerdicts(answer, facts.length));
    return { verdicts: value.map((verdict) => verdict ?? null), ...tokens };
  };
  return {
    name: model.name,
    async judge(facts, response) {
      if (facts.length === 0) return { verdicts: [] };
      const content = [...model.identity, JUDGE_PROMPT_VERSION, facts, response];
      const key = hashJson(content);
      return toJudgement(key, await keepOnce(key, () => ask(facts, response)), model);
    },
  };
}

function toJudgement(
  id: string,
  { verdicts, inputTokens, outputTokens }: KeptJudgement,
  model: LanguageModel,
): Judgement {
  const dollars = model.priceOf({ inputTokens, outputTokens });
  return {
    verdicts: verdicts.map((verdict) => verdict ?? undefined),
    usage: { id, inputTokens, outputTokens, ...(dollars !== undefined && { dollars }) },
  };
}
