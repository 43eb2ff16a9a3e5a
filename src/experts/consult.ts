import { mapBounded } from '../base/bounded.ts';
import type { ExpertTotals } from '../schema/expert-answer.ts';
import type { Prompt } from '../schema/prompt.ts';
import { type ConsultedPrompt, consultPrompt } from './consult-prompt.ts';
import type { ActiveExpert } from './index.ts';

/** Prompts asked about at once: how many requests are under way then, the endpoint's own limits say. */
const CONCURRENT_PROMPTS = 32;

/** Who follows a consultation, and may stop it. */
export interface ConsultingOptions {
  signal?: AbortSignal;
  onConsulted?(done: number): void;
}

/**
 * Asks the expert about prompts, and gives what came of each in their order. Throws `EndpointError` as soon as the endpoint has
 * failed on more of them than the run tolerates, and the signal's reason when that aborts: what was answered is kept.
 */
export async function consult(
  expert: ActiveExpert,
  prompts: readonly Prompt[],
  { signal, onConsulted }: ConsultingOptions = {},
): Promise<ConsultedPrompt[]> {
  await expert.prepare(prompts);
  let [done, outages] = [0, 0];
  const consultOne = async (prompt: Prompt) => {
    const consulted = await consultPrompt(expert, prompt);
    if (consulted.outage) outages += 1;
    if (consulted.outage && outages > expert.toleratedShare * prompts.length) throw consulted.outage;
    done += 1;
    onConsulted?.(done);
    return consulted;
  };
  return mapBounded(prompts, CONCURRENT_PROMPTS, consultOne, signal);
}

/** What all replies took; undefined where none says. */
export function totalUsage(consulted: readonly Pick<ConsultedPrompt, 'usages'>[]): ExpertTotals | undefined {
  const usages = consulted.flatMap((each) => each.usages);
  if (usages.length === 0) return undefined;
  return {
    expertReplies: usages.length,
    expertInputTokens: usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
    expertOutputTokens: usages.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    expertDollars: usages.reduce((sum, { dollars = 0 }) => sum + dollars, 0),
    expertWaitSeconds: usages.reduce((sum, { waitSeconds }) => sum + waitSeconds, 0),
  };
}
