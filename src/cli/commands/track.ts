import type { Command } from 'commander';
import type { TrackedRun } from '../../launch/track.ts';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';
import { stopSignal } from '../stop-signal.ts';

interface TrackOptions {
  store: string;
  follow?: boolean;
  interval: number;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('track')
    .description("tell a run's trackers (TensorBoard, MLflow: docs/trackers.md) of what they have not heard of")
    .argument('<run>', 'run id: a folder in runs/ of the store')
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option('--follow', 'until the run is done, also one that goes on elsewhere: on AWS, on another machine')
    .option('--interval <seconds>', 'between two looks of --follow', numberOption({ least: 1 }), 15)
    .option('--json', 'print a line per look and tracker: {"tracker", "place", "pieces", "observations"}')
    .action(track);
}

async function track(runId: string, { store, follow, interval, json }: TrackOptions): Promise<void> {
  const { track } = await import('../../launch/track.ts');
  await track(
    { runId, store, ...(follow && { interval }) },
    (tracked) => tell(follow ? tracked.filter(({ pieces }) => pieces > 0) : tracked, json),
    stopSignal(),
  );
}

function tell(tracked: readonly TrackedRun[], json: boolean | undefined): void {
  for (const each of tracked) {
    const { tracker, place, pieces, observations } = each;
    print(json ? JSON.stringify(each) : `${tracker}  ${pieces} pieces of work, ${observations} observations  ${place}`);
  }
}
