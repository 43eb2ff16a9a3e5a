import type { Command } from 'commander';
import { refuseRecorded } from '../options/refuse-recorded.ts';
import { print } from '../print.ts';

interface ReplayOptions {
  store: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('replay')
    .description('decide a run once more from its stored scores, and compare routes and decision log byte for byte')
    .argument('<run>', 'run id: a folder in runs/ of the store')
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option('--json', 'print one line: {"runId", "prompts", "difference"?: {"key", "line", "promptId", "field", ...}}')
    .action(replay);
}

/** Exits 1 where anything differs. */
async function replay(runId: string, { store, json }: ReplayOptions): Promise<void> {
  refuseRecorded(runId, 'rise route and rise shards with the same options write the same bytes again; compare those');
  const [{ replayRun }, { openStore }, { renderReplay }] = await Promise.all([
    import('../../routing/replay-run.ts'),
    import('../../store/open-store.ts'),
    import('../views/render-replay.ts'),
  ]);
  const replayed = await replayRun(openStore(store), runId);
  print(json ? JSON.stringify(replayed) : renderReplay(replayed));
  process.exitCode = replayed.difference ? 1 : 0;
}
