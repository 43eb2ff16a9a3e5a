import type { Lesson, ScoredGroup } from '../../algorithms/algorithm.ts';
import type { Precision } from '../../engine/open-engine.ts';
import { meanValues } from '../../rewards/mean-values.ts';
import { type StepMetrics, updateCounts } from '../step-metrics.ts';

export interface TrainRlSummary {
  groups: number;
  /** Groups that were learned from. */
  keptGroups: number;
  sequences: number;
  tokens: number;
  /** Updates of this iteration; 0 when every group was dropped, and then the weights stay as they were. */
  steps: number;
  rewardMean: number;
  accuracyMean: number;
  precision: Precision;
}

export function summarizeIteration(
  groups: readonly ScoredGroup[],
  lessons: readonly Lesson[],
  steps: readonly StepMetrics[],
  precision: Precision,
): TrainRlSummary {
  const scores = groups.flatMap(({ members }) => members.map(({ score }) => score));
  return {
    groups: groups.length,
    keptGroups: new Set(lessons.map(({ prompt }) => prompt.promptId)).size,
    sequences: lessons.length,
    tokens: lessons.reduce((sum, { trajectory }) => sum + trajectory.tokenIds.length, 0),
    steps: updateCounts(steps)['train/updatesApplied'],
    rewardMean: mean(scores.map(({ reward }) => reward)),
    accuracyMean: mean(scores.map(({ isCorrect }) => Number(isCorrect))),
    precision,
  };
}

/** @param steps of this attempt, which took `milliseconds` */
export function describeIteration(
  groups: readonly ScoredGroup[],
  summary: TrainRlSummary,
  steps: readonly StepMetrics[],
  milliseconds: number,
): Record<string, number> {
  const members = groups.flatMap((group) => group.members);
  const means = Object.entries(meanValues(members.map(({ score }) => score)));
  const seconds = milliseconds / 1000;
  return {
    'reward/mean': summary.rewardMean,
    'accuracy/mean': summary.accuracyMean,
    ...Object.fromEntries(means.map(([name, value]) => [`rewards/${name}/mean`, value])),
    'group/zeroVarianceFraction': 1 - summary.keptGroups / summary.groups,
    'length/mean': mean(members.map(({ trajectory }) => trajectory.tokenIds.length)),
    'length/unfinishedFraction': mean(members.map(({ trajectory }) => Number(trajectory.finishReason === 'length'))),
    'train/steps': summary.steps,
    'time/trainSeconds': seconds,
    'train/tokensPerSecond': steps.reduce((sum, step) => sum + step['train/tokens'], 0) / seconds,
  };
}

/** Of all steps: how many moved the weights, and how far sampler and trainer were apart before the first. */
export function describeUpdates(steps: readonly StepMetrics[]): Record<string, number> {
  const differences = Object.entries(steps[0] ?? {}).filter(([name]) => name.startsWith('policy/samplerDifference'));
  return { ...updateCounts(steps), ...Object.fromEntries(differences) };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
