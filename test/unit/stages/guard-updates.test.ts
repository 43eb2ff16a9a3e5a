import { DivergedError } from '../../../src/schema/errors.ts';
import { createUpdateGuard, requireUpdates } from '../../../src/stages/guard-updates.ts';
import {
  countSkippedInARow,
  countUpdate,
  finiteMetrics,
  type StepMetrics,
  type UpdateCounts,
} from '../../../src/stages/step-metrics.ts';

/** Metrics of steps that were applied (a) or skipped (s). */
function aHistory(outcomes: string): StepMetrics[] {
  const steps: StepMetrics[] = [];
  for (const outcome of outcomes) steps.push({ ...countUpdate(steps, outcome === 'a' ? 'applied' : 'skipped') });
  return steps;
}

const optimizer = {
  name: 'adamw',
  options: {},
  learningRate: 1,
  schedule: 'constant',
  warmupFraction: 0,
  maxGradNorm: 1,
} as const;

it.each([
  ['aaa', 3, 0, 0],
  ['s', 0, 1, 1],
  ['sss', 0, 3, 3],
  ['ssas', 1, 3, 1],
  ['asass', 2, 3, 2],
  ['sassa', 2, 3, 0],
])('after %s, %d updates were applied, %d skipped, %d in a row', (outcomes, applied, skipped, inARow) => {
  const steps = aHistory(outcomes);
  const counts: UpdateCounts = { 'train/updatesApplied': applied, 'train/skippedSteps': skipped };
  expect(steps.at(-1)).toEqual(counts);
  expect(countSkippedInARow(steps)).toBe(inARow);
});

it.each([
  [undefined, 'asss', 'assss'],
  [0, 'a', 's'],
  [1, 'asasas', 'asass'],
])('with maxSkippedSteps %s a job goes on after %s and ends after %s', async (maxSkippedSteps, good, bad) => {
  const guard = createUpdateGuard({ ...optimizer, maxSkippedSteps }, async () => 'policy/');
  await guard(aHistory(good));
  await expect(guard(aHistory(bad))).rejects.toThrow(DivergedError);
  await expect(guard(aHistory(bad))).rejects.toThrow(/policy\/ is the last good checkpoint/);
});

it('a job that took steps must have moved the weights', () => {
  expect(requireUpdates([])).toEqual([]);
  expect(requireUpdates(aHistory('ssa'))).toHaveLength(3);
  expect(() => requireUpdates(aHistory('ss'))).toThrow(/none of 2 optimizer steps was applied/);
});

it('a metrics file holds finite numbers', () => {
  expect(finiteMetrics({ loss: NaN, norm: Infinity, rate: 0 })).toEqual({ rate: 0 });
});
