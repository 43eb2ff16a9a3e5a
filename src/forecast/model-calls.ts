import type { RunConfig } from '../schema/config/run-config.ts';
import { type AskedModel, assumeConsultation, expertModelOf, judgeModelsOf } from '../sizing/asked-models.ts';
import { listPriceOf, type TokenPrice, type Tokens, usdOfTokens } from '../sizing/model-prices.ts';
import { type Assumptions, FACT_TOKENS, FACTS_PER_PROMPT, INSTRUCTION_TOKENS, VERDICT_TOKENS } from './assumptions.ts';
import { countConsulted, countTrajectories } from './workload.ts';

/** What a run asks of a language model behind an endpoint. */
export interface ModelCalls extends Tokens {
  /** `expert`, or the reward that it judges for. */
  asker: string;
  /** As `bedrock MODEL`. */
  model: string;
  calls: number;
  /** By which it is paid: the config's, else that of the list; undefined where neither has any. */
  price?: TokenPrice & { source: 'config' | 'list' };
  /** US dollars; undefined without a price. */
  usd?: number;
}

/** Calls of the expert and of each judge, retries of failed requests and what earlier runs have been told left aside. */
export function forecastCalls(config: RunConfig, assumptions: Assumptions): ModelCalls[] {
  const expert = expertModelOf(config);
  const consulted = countConsulted(config, assumptions);
  return [
    ...(expert ? [callsOf('expert', expert, askExpert(config, expert, consulted, assumptions))] : []),
    ...judgeModelsOf(config).map(({ reward, judge }) =>
      callsOf(reward, judge, askJudge(countTrajectories(config, assumptions), assumptions)),
    ),
  ];
}

type Asked = Tokens & { calls: number };

function askExpert(config: RunConfig, model: AskedModel, prompts: number, { tokensPerPrompt }: Assumptions): Asked {
  const each = assumeConsultation(config, model, INSTRUCTION_TOKENS + tokensPerPrompt);
  return {
    calls: prompts * each.calls,
    inputTokens: prompts * each.inputTokens,
    outputTokens: prompts * each.outputTokens,
  };
}

/** One request for all facts of a trajectory, which is shown to it as text. */
function askJudge(trajectories: number, { tokensPerTrajectory }: Assumptions): Asked {
  return {
    calls: trajectories,
    inputTokens: trajectories * (INSTRUCTION_TOKENS + FACTS_PER_PROMPT * FACT_TOKENS + tokensPerTrajectory),
    outputTokens: trajectories * FACTS_PER_PROMPT * VERDICT_TOKENS,
  };
}

function callsOf(asker: string, asked: AskedModel, amount: Asked): ModelCalls {
  const price = priceOf(asked);
  return {
    asker,
    model: `${asked.provider} ${asked.model}`,
    ...amount,
    ...(price && { price, usd: usdOfTokens(price, amount) }),
  };
}

function priceOf(asked: AskedModel): ModelCalls['price'] {
  if (asked.price) return { ...asked.price, source: 'config' };
  const isOwnServer = asked.baseUrl !== undefined && new URL(asked.baseUrl).hostname !== 'api.openai.com';
  const listed = isOwnServer ? undefined : listPriceOf(asked);
  return listed && { ...listed, source: 'list' };
}
