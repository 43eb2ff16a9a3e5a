import type { Command } from 'commander';

export function registerRescore(program: Command): void {
  program
    .command('rescore')
    .description("score a run's trajectories again by other rewards, beside its own scores; nothing is sampled again")
    .argument('<run>', 'run id: a folder in runs/ of the store')
    .requiredOption('--rewards <config>', 'YAML file with the section `rewards`, such as a run config')
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option('--json', 'print one line: {"prefix", "versions", "rollouts": [...], "stale": [{"work", "because"}]}')
    .action(async (run, options) => (await import('../rescore-run.ts')).rescore(run, options));
}
