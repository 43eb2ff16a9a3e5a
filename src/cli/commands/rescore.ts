import type { Command } from 'commander';
import { print } from '../print.ts';

interface RescoreOptions {
  rewards: string;
  store: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('rescore')
    .description("score a run's trajectories again by other rewards, beside its own scores; nothing is sampled again")
    .argument('<run>', 'run id: a folder in runs/ of the store')
    .requiredOption('--rewards <config>', 'YAML file with the section `rewards`, such as a run config')
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option('--json', 'print one line: {"prefix", "versions", "rollouts": [...], "stale": [{"work", "because"}]}')
    .action(rescore);
}

async function rescore(runId: string, { rewards, store, json }: RescoreOptions): Promise<void> {
  const [launch, { renderRescoring }, { describeStale }] = await Promise.all([
    import('../../launch/rescore.ts'),
    import('../views/render-rescoring.ts'),
    import('../views/render-stale.ts'),
  ]);
  const rescoring = await launch.rescore({ runId, rewards, store });
  const asJson = () => JSON.stringify({ ...rescoring, stale: describeStale(rescoring.stale) });
  print(json ? asJson() : renderRescoring(rescoring, store));
}
