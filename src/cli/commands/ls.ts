import type { Command } from 'commander';
import { print } from '../print.ts';

export function register(program: Command): void {
  program
    .command('ls')
    .description('list the runs of a store: state, accuracy, size on disk, age')
    .option('--store <place>', 'folder or s3://bucket/prefix that the runs are in', '.rise')
    .option(
      '--json',
      'print one line: {"store", "runs": [{"runId", "state", "startedAt", "accuracy", "files", "bytes"}]}',
    )
    .action(ls);
}

async function ls({ store: uri, json }: { store: string; json?: boolean }): Promise<void> {
  const [{ listRuns }, { openStore }, { renderRuns }] = await Promise.all([
    import('../../catalog/list-runs.ts'),
    import('../../store/open-store.ts'),
    import('../views/render-runs.ts'),
  ]);
  const store = openStore(uri);
  const runs = await listRuns(store);
  print(json ? JSON.stringify({ store: store.uri, runs }) : renderRuns(runs, uri, Date.now()));
}
