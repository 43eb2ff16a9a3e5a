import { readDefinition } from '../local/definition.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { InstanceType } from '../sizing/instance-types.ts';
import type { PlannedModel } from '../sizing/planned-model.ts';
import { promptTokens } from '../sizing/work.ts';
import type { Works } from '../sizing/works.ts';
import { type Assumptions, COMPLETION_SHARE, DEFAULT_ASSUMPTIONS } from './assumptions.ts';
import type { ModelCalls } from './model-calls.ts';
import { policyBytes } from './policy-bytes.ts';
import { simulateRun } from './simulate-run.ts';
import type { Speed } from './speed-on.ts';

/** Seconds and USD. */
export interface TimeAndCost {
  seconds: number;
  usd: number;
}

/** A whole run's, with what it asks of experts and judges, whose USD it includes. */
export interface RunCost extends TimeAndCost {
  calls: ModelCalls[];
}

/** What is known of the data. */
export interface PromptCounts {
  trainPrompts: number;
  evaluationPrompts: number;
}

/** A run whose time and cost are asked for. */
interface PlannedRun {
  config: RunConfig;
  model: Pick<PlannedModel, 'shape' | 'storedBytes'>;
  works: Works;
  counts?: PromptCounts;
}

/** What an iteration adds to a run, and where its prompts are counted the whole run: walked as on AWS, all on demand. */
export async function costOn(
  type: InstanceType,
  speed: Speed,
  { config, model: { shape, storedBytes }, works, counts }: PlannedRun,
): Promise<{ iteration?: TimeAndCost; run?: RunCost }> {
  const known = counts ?? { trainPrompts: config.rl.promptsPerIteration, evaluationPrompts: 1 };
  const rented = { type: type.name, purchase: 'on-demand' as const };
  const assumptions: Assumptions = {
    ...DEFAULT_ASSUMPTIONS,
    ...speed,
    ...known,
    tokensPerTrajectory: COMPLETION_SHARE * config.sampling.maxNewTokens,
    tokensPerPrompt: promptTokens(works.rollout.prompt),
    rolloutHourUsd: type.hourUsd,
    trainingHourUsd: type.hourUsd,
    instances: { rollout: rented, training: rented },
    ...policyBytes(shape, works, storedBytes),
  };
  const walk = async (iterations: number): Promise<RunCost> => {
    const walked = { ...config, rl: { ...config.rl, iterations } };
    const { seconds, cost, calls } = await simulateRun(readDefinition(), walked, assumptions);
    return { seconds, usd: cost.total, calls };
  };
  const [one, two] = [await walk(1), await walk(2)];
  return {
    ...(config.rl.iterations > 0 && { iteration: { seconds: two.seconds - one.seconds, usd: two.usd - one.usd } }),
    ...(counts && { run: await walk(config.rl.iterations) }),
  };
}
