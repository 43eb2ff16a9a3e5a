import type { Command } from 'commander';
import { print } from '../print.ts';

export function register(program: Command): void {
  program
    .command('data')
    .description('look at datasets')
    .command('check')
    .description('validate a dataset: counts, sizes, image tokens, and every fault with file and line')
    .argument('<path>', 'a JSONL file, or a folder with one; image paths are relative to the file')
    .option('--json', 'print one JSON object')
    .action(check);
}

/** Faults make the exit code 1. */
async function check(path: string, { json }: { json?: boolean }): Promise<void> {
  const [{ checkDataset }, { architectures }, { renderDataset }] = await Promise.all([
    import('../../datasets/check-dataset.ts'),
    import('../../engine/models/registry.ts'),
    import('../views/render-dataset.ts'),
  ]);
  const [model] = architectures;
  const summary = await checkDataset(path, model);
  print(json ? JSON.stringify(summary) : renderDataset(summary, model));
  if (summary.faults.length > 0) process.exitCode = 1;
}
