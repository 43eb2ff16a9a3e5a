import { sha256Of } from '../../base/hash.ts';
import { readLines } from '../../base/read-lines.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { openRecordWriter } from '../../store/record-writer.ts';
import type { Store } from '../../store/store.ts';

/** Rows of a dataset's two files. */
export interface DatasetSplits {
  train: number;
  evaluation: number;
}

const HELD_OUT_SHARE = 0.1;
const MAX_HELD_OUT = 500;

/**
 * Splits the rows of a dataset into `train.jsonl` and `evaluation.jsonl`, a tenth held out, at least one and at most 500. Which
 * ones follows from their questions and images alone, so that what is asked twice is on one side. Throws `InvalidInputError`
 * where there is nothing to hold out.
 */
export async function splitDataset(store: Store, key: string): Promise<DatasetSplits> {
  const hashes: string[] = [];
  for await (const row of streamRows(store, key)) hashes.push(hashContent(row));
  const distinct = [...new Set(hashes)].sort();
  const heldOut = Math.min(MAX_HELD_OUT, Math.max(1, Math.round(HELD_OUT_SHARE * distinct.length)));
  if (distinct.length < 2) {
    throw new InvalidInputError(`the data has ${distinct.length} questions; give at least two, one to be held out`);
  }
  const last = distinct[heldOut - 1];
  const writers = {
    train: openRecordWriter(store, 'train.jsonl'),
    evaluation: openRecordWriter(store, 'evaluation.jsonl'),
  };
  const splits: DatasetSplits = { train: 0, evaluation: 0 };
  for await (const row of streamRows(store, key)) {
    const split = hashContent(row) <= last ? 'evaluation' : 'train';
    await writers[split].write(`${row}\n`);
    splits[split] += 1;
  }
  await Promise.all([writers.train.end(), writers.evaluation.end()]);
  return splits;
}

function hashContent(row: string): string {
  const { question, options, images } = JSON.parse(row);
  return sha256Of(JSON.stringify([question, options, images]));
}

async function* streamRows(store: Store, key: string): AsyncGenerator<string> {
  for await (const line of readLines(store.readStream(key), Number.POSITIVE_INFINITY)) {
    if ('text' in line && line.text !== '') yield line.text;
  }
}
