import type { Command } from 'commander';
import { print } from '../print.ts';

interface ConvertOptions {
  from?: string;
  out?: string;
  model?: string;
  json?: boolean;
}

/** Rows between two lines about the progress. */
const ROWS_BETWEEN = 10_000;

export function register(program: Command): void {
  program
    .command('convert')
    .description("turn another tool's rows into a dataset: a JSONL file with its images beside it")
    .argument('<source>', 'a .jsonl, .json, .parquet or .tsv file, or a folder with the parts of one data set')
    .option(
      '--from <format>',
      "jsonl, parquet, sharegpt, verl, trl, bedrock or vlmevalkit, guessed by the first row when absent; or a benchmark's name",
    )
    .option('--out <dir>', 'folder for the dataset, new or empty; named after the source when absent')
    .option('--model <dir>', "checkpoint whose control tokens no text may hold; the Qwen family's when absent")
    .option('--json', 'print one JSON object')
    .action(convert);
}

/** Rows that are left out make the exit code 1. */
async function convert(source: string, { from, out, model: folder, json }: ConvertOptions): Promise<void> {
  const [{ convertDataset }, { readCheckedModel }, { renderConversion }] = await Promise.all([
    import('../../datasets/import/convert-dataset.ts'),
    import('../options/checked-model.ts'),
    import('../views/render-dataset.ts'),
  ]);
  const model = await readCheckedModel(folder);
  const summary = await convertDataset(
    { source, from, out, model },
    {
      onGuess: (format, sign) => process.stderr.write(`read as ${format}: ${sign}; --from names another format\n`),
      onRow: (rows) => {
        if (!json && rows % ROWS_BETWEEN === 0) process.stderr.write(`convert ${rows} rows\n`);
      },
    },
  );
  print(json ? JSON.stringify(summary) : renderConversion(summary, model));
  if (summary.faultCount > 0 || summary.out === undefined) process.exitCode = 1;
}
