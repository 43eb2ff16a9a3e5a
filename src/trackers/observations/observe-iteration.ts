import { createLearner } from '../../algorithms/index.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { checkpointPrefix, iterationName } from '../../schema/keys.ts';
import type { Store } from '../../store/store.ts';
import type { Observation } from '../observation.ts';
import { observeSamples } from './observe-samples.ts';
import { type PromptOutcomes, readOutcomes } from './read-outcomes.ts';
import { observeLine, readSteps, timeOf } from './read-steps.ts';

/**
 * An RL iteration that is trained: its curves at the number of iterations so far (`rl/`), those of its optimizer steps at the
 * number of steps so far (`rl-step/`), how rewards, lengths and advantages are spread, and some samples.
 *
 * @param now Unix time in seconds, for what has no time of its own
 */
export async function observeIteration(
  store: Store,
  { runId, config, iteration }: { runId: string; config: RunConfig; iteration: number },
  now: number,
): Promise<Observation[]> {
  const [whole, ...steps] = await readSteps(store, checkpointPrefix(runId, iteration));
  const read = await readOutcomes(store, runId, iterationName(iteration));
  const at = { step: iteration + 1, time: timeOf(whole, now) };
  const before = iteration * config.rl.stepsPerIteration;
  const outcomes = read.flatMap((each) => each.outcomes);
  const histogram = (tag: string, values: number[]): Observation => ({ kind: 'histogram', tag, values, ...at });
  return [
    ...steps.map((line, index) => observeLine('rl-step', before + index + 1, line, now)),
    ...(whole ? [observeLine('rl', at.step, whole, now)] : []),
    histogram(
      'rl/rewards',
      outcomes.map(({ score }) => score.reward),
    ),
    histogram(
      'rl/lengths',
      outcomes.map(({ tokens }) => tokens),
    ),
    histogram('rl/advantages', computeAdvantages(config, read)),
    ...(await observeSamples(store, read, { group: 'rl', ...at })),
  ];
}

/** Of the trajectories that taught, as the run's algorithm gives them. */
const computeAdvantages = (config: RunConfig, read: readonly PromptOutcomes[]) =>
  createLearner(config)
    .teach(read.map(({ prompt, outcomes }) => ({ prompt, members: outcomes })))
    .map(({ advantage }) => advantage);
