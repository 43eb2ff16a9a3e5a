import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { QWEN_CONTROL_TOKENS } from '../datasets/control-tokens.ts';
import { BENCHMARK_FILES } from '../datasets/import/benchmarks.ts';
import { convertDataset } from '../datasets/import/convert-dataset.ts';
import { locateSource, type SourceFiles, streamRows } from '../datasets/import/source-rows.ts';
import { architectures } from '../engine/models/registry.ts';
import { InvalidInputError } from '../schema/errors.ts';

/** What is evaluated on, as a dataset. */
export interface EvaluationData {
  /** Of the dataset. */
  path: string;
  /** What the published file holds that the dataset does not; absent where there is nothing. */
  leftOut?: string;
  close(): Promise<void>;
}

/** Within the folder of an evaluation: gone once its prompts are kept. */
const CONVERTED = 'data.read';

/**
 * The dataset that a path names: itself, or a benchmark's published file (JSON, Parquet, a table, JSON lines in its own form),
 * converted into the folder of the evaluation until it is closed. Throws `InvalidInputError` where no row can be read.
 */
export async function openEvaluationData(benchmark: string, path: string, folder: string): Promise<EvaluationData> {
  const format = BENCHMARK_FILES.find(({ name }) => benchmark === name || benchmark.startsWith(`${name}-`))?.name;
  const source = await findPublished(path, format);
  if (source === undefined) return { path, close: async () => {} };
  const out = join(folder, CONVERTED);
  const close = () => rm(out, { recursive: true, force: true });
  await close();
  const from = source.container === 'TSV' ? 'vlmevalkit' : format;
  const model = { ...architectures[0], controlTokens: QWEN_CONTROL_TOKENS };
  const summary = await convertDataset({ source: path, from, out, model }, { onGuess: () => {}, onRow: () => {} });
  const [first] = summary.faults;
  const told = first && `${first.place}: ${first.message}`;
  if (summary.out === undefined) throw new InvalidInputError(`${path} has no row that can be read as ${from}; ${told}`);
  const leftOut = told && `${summary.faultCount} of ${summary.rows} rows are left out, the first at ${told}`;
  return { path: summary.out, ...(leftOut && { leftOut }), close };
}

/** The files of a path where they are no dataset yet: JSON lines are none where the benchmark has a form that they lack. */
async function findPublished(path: string, format: string | undefined): Promise<SourceFiles | undefined> {
  const entry = await stat(path).catch(() => undefined);
  const names = entry?.isDirectory() ? await readdir(path) : [path];
  const isLines = names.some((name) => /\.(?:jsonl|ndjson)$/i.test(name));
  if (entry === undefined || (isLines && (entry.isDirectory() || format === undefined))) return undefined;
  const source = await locateSource(path);
  if (!isLines) return source;
  for await (const read of streamRows(source)) return 'row' in read && !('details' in read.row) ? source : undefined;
  return undefined;
}
