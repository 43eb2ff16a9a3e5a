import type { Command } from 'commander';
import { print } from '../print.ts';

export function register(program: Command): void {
  program
    .command('compare')
    .description('compare evaluations of one benchmark, prompt by prompt: what differs, and what is within noise')
    .argument('<before>', 'folder of rise evaluate')
    .argument('<after...>', 'others; each is compared with the one before it')
    .option('--json', 'print one line: {"policies", "comparisons"}')
    .action(compare);
}

async function compare(before: string, after: string[], { json }: { json?: boolean }): Promise<void> {
  const [{ compareEvaluations }, { alignTable, benchmarkTables }] = await Promise.all([
    import('../../evaluation/compare-evaluations.ts'),
    import('../../report/benchmark-tables.ts'),
  ]);
  const compared = await compareEvaluations([before, ...after]);
  if (json) print(JSON.stringify(compared.result));
  else print(benchmarkTables(compared, '').map(alignTable).join('\n').trimEnd());
}
