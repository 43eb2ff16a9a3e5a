import type { Command } from 'commander';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';

interface ReportOptions {
  out?: string;
  store: string;
  trajectories: number;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('report')
    .description('write a run as pages for a browser: results, curves, routes, cost, every trajectory with its image')
    .argument('<run>', 'run id: a folder in runs/ of the store; it need not be finished')
    .argument('[beside]', 'a second run, shown beside the first')
    .option(
      '--out <dir>',
      'folder for the pages: a new or an empty one, or an earlier report; report-<run> when absent',
    )
    .option('--store <place>', 'folder or s3://bucket/prefix that the runs are in', '.rise')
    .option(
      '--trajectories <n>',
      'most trajectories of a run to show; of more, some prompts evenly',
      numberOption({ least: 1, isWhole: true }),
      50_000,
    )
    .option('--json', 'print one line: {"out", "runs": [{"runId", "prompts", "trajectories", "allTrajectories"}]}')
    .action(report);
}

async function report(run: string, beside: string | undefined, options: ReportOptions): Promise<void> {
  const { out = `report-${run}`, store, trajectories, json } = options;
  const [{ writeReport }, { openStore }, { createItemProgress }] = await Promise.all([
    import('../../report/site/write-report.ts'),
    import('../../store/open-store.ts'),
    import('../views/item-progress.ts'),
  ]);
  const startProgress = (name: string, total: number) =>
    json ? { advance() {}, close() {} } : createItemProgress(name, total, 'prompts', process.stderr);
  const runIds = beside === undefined ? [run] : [run, beside];
  const written = await writeReport(
    { store: openStore(store), runIds, out, mostTrajectories: trajectories },
    startProgress,
  );
  if (json) return print(JSON.stringify(written));
  for (const { runId, prompts, trajectories: shown, allTrajectories } of written.runs) {
    const of = shown < allTrajectories ? ` of ${allTrajectories}; --trajectories shows more` : '';
    print(`${runId}: ${prompts} prompts, ${shown} trajectories${of}`);
  }
  print(`open ${out}/index.html`);
}
