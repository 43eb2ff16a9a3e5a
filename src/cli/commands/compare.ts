import { type Command, Option } from 'commander';
import { print } from '../print.ts';

interface CompareOptions {
  policy: string;
  store: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('compare')
    .description('compare evaluations, or runs, prompt by prompt: what differs, and what is within noise')
    .argument('<before>', 'folder of rise evaluate, or the id of a run')
    .argument('<after...>', 'others of its kind; each is compared with the one before it')
    .addOption(new Option('--policy <name>', 'of runs, which policy').choices(['base', 'rl', 'rise']).default('rise'))
    .option('--store <place>', 'folder or s3://bucket/prefix that the runs are in', '.rise')
    .option('--json', 'print one line: {"policies", "comparisons"}; of runs {"differences", "benchmarks": {NAME: ...}}')
    .action(compare);
}

/** What is no folder is a run. */
async function compare(before: string, after: string[], options: CompareOptions): Promise<void> {
  const { isFolder } = await import('../options/require-folder.ts');
  const names = [before, ...after];
  if ((await Promise.all(names.map(isFolder))).some(Boolean)) await compareFolders(names, options);
  else await compareStored(names, options);
}

async function compareFolders(folders: string[], { json }: CompareOptions): Promise<void> {
  const [{ compareEvaluations }, { alignTable, benchmarkTables }] = await Promise.all([
    import('../../evaluation/compare-evaluations.ts'),
    import('../../report/benchmark-tables.ts'),
  ]);
  const compared = await compareEvaluations(folders);
  if (json) print(JSON.stringify(compared.result));
  else print(benchmarkTables(compared, '').map(alignTable).join('\n').trimEnd());
}

async function compareStored(runIds: string[], { policy, store, json }: CompareOptions): Promise<void> {
  const [{ compareRuns }, { openStore }, { alignTable, benchmarkTables }, { renderDifferences }] = await Promise.all([
    import('../../catalog/compare-runs.ts'),
    import('../../store/open-store.ts'),
    import('../../report/benchmark-tables.ts'),
    import('../views/render-differences.ts'),
  ]);
  const { differences, benchmarks } = await compareRuns(openStore(store), runIds, policy);
  if (json) {
    const results = Object.fromEntries(benchmarks.map(({ name, result }) => [name, result]));
    print(JSON.stringify({ policy, differences, benchmarks: results }));
    return;
  }
  const tables = benchmarks.flatMap((benchmark) => benchmarkTables(benchmark, ` on ${benchmark.title}`));
  print([renderDifferences(runIds, differences), ...tables.map((table) => alignTable(table).trimEnd())].join('\n\n'));
}
