import type { Command } from 'commander';

export function registerData(program: Command): void {
  program
    .command('data')
    .description('look at datasets')
    .command('check')
    .description('validate a dataset: counts, sizes, image tokens, and every fault with file and line')
    .argument('<path>', 'a JSONL file, or a folder with one; image paths are relative to the file')
    .option('--json', 'print one JSON object')
    .action(async (path, options) => (await import('../check-dataset.ts')).checkDataset(path, options));
}
