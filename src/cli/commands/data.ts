import type { Command } from 'commander';
import { print } from '../print.ts';

export function register(program: Command): void {
  program
    .command('data')
    .description('look at datasets')
    .command('check')
    .description('validate a dataset: counts, sizes, image tokens, and every fault with file and line')
    .argument('<path>', 'a JSONL file, or a folder with one; image paths are relative to the file')
    .option('--model <dir>', "checkpoint whose control tokens no text may hold; the Qwen family's when absent")
    .option('--json', 'print one JSON object')
    .action(check);
}

/** Faults make the exit code 1. */
async function check(path: string, { model: folder, json }: { model?: string; json?: boolean }): Promise<void> {
  const [{ checkDataset }, { readCheckedModel }, { renderDataset }] = await Promise.all([
    import('../../datasets/check-dataset.ts'),
    import('../options/checked-model.ts'),
    import('../views/render-dataset.ts'),
  ]);
  const model = await readCheckedModel(folder);
  const summary = await checkDataset(path, model);
  print(json ? JSON.stringify(summary) : renderDataset(summary, model));
  if (summary.faultCount > 0) process.exitCode = 1;
}
