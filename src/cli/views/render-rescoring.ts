import { alignColumns } from '../../base/table.ts';
import type { Rescoring } from '../../stages/score/rescore-run.ts';
import { renderStale } from './render-stale.ts';

/** What changed in each rollout, where the new scores are, and what of the run rests on older rewards. */
export function renderRescoring({ prefix, versions, rollouts, stale }: Rescoring, storeUri: string): string {
  const header = [
    'rollout',
    'trajectories',
    'correct',
    'before',
    'now correct',
    'now incorrect',
    'mean reward',
    'before',
  ];
  const rows = rollouts.map(({ rollout, trajectories, nowCorrect, nowIncorrect, before, after }) => {
    const counts = [trajectories, after.correct, before.correct, nowCorrect, nowIncorrect].map(String);
    return [rollout, ...counts, after.meanReward.toFixed(3), before.meanReward.toFixed(3)];
  });
  const columns = [
    { align: 'left', least: 18 },
    { align: 'right', least: 13 },
  ] as const;
  const rewards = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  return [
    ...alignColumns([header, ...rows], columns, { gap: 1 }),
    '',
    `scores: ${storeUri}/${prefix}, by ${rewards.join(', ')}`,
    '',
    renderStale(stale),
  ].join('\n');
}
