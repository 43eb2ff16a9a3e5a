import { dirname } from 'node:path';
import { placeRewards } from '../launch/place-rewards.ts';
import { readRewards } from '../launch/read-run-config.ts';
import { type Rescoring, rescoreRun } from '../stages/score/rescore-run.ts';
import { openStore } from '../store/open-store.ts';
import { describeStale, renderStale } from './views/render-stale.ts';

interface RescoreOptions {
  rewards: string;
  store: string;
  json?: boolean;
}

/** Scores a run again and prints what changed, and what of the run rests on older rewards. */
export async function rescore(runId: string, options: RescoreOptions): Promise<void> {
  const store = openStore(options.store);
  const rewards = await placeRewards(store, await readRewards(options.rewards), dirname(options.rewards));
  const environment = (name: string) => process.env[name];
  const deps = { store, signal: new AbortController().signal, report: () => {}, environment };
  const rescoring = await rescoreRun(deps, runId, rewards);
  const asJson = () => JSON.stringify({ ...rescoring, stale: describeStale(rescoring.stale) });
  console.log(options.json ? asJson() : render(rescoring, options.store));
}

function render({ prefix, versions, rollouts, stale }: Rescoring, place: string): string {
  const line = (rollout: string, ...cells: (string | number)[]) =>
    rollout.padEnd(18) + cells.map((cell) => String(cell).padStart(14)).join('');
  const rewards = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  return [
    line('rollout', 'trajectories', 'correct', 'before', 'now correct', 'now incorrect', 'mean reward', 'before'),
    ...rollouts.map(({ rollout, trajectories, nowCorrect, nowIncorrect, before, after }) => {
      const means = [after.meanReward.toFixed(3), before.meanReward.toFixed(3)];
      return line(rollout, trajectories, after.correct, before.correct, nowCorrect, nowIncorrect, ...means);
    }),
    '',
    `scores: ${place}/${prefix}, by ${rewards.join(', ')}`,
    '',
    renderStale(stale),
  ].join('\n');
}
