import type { z } from 'zod';
import { readLines, splitLines, type TextLine } from '../base/read-lines.ts';
import { RunConfig } from '../schema/config/run-config.ts';
import { CorruptRecordError, InvalidInputError } from '../schema/errors.ts';
import { configKey } from '../schema/keys.ts';
import { freeBuffers } from './free-buffers.ts';
import { readIfPresent } from './presence.ts';
import type { Store } from './store.ts';

/**
 * Reads a JSONL file, each line parsed by the schema; blank lines are skipped.
 * Throws `NotFoundError`, and `CorruptRecordError` that names `key:line` and the fault.
 */
export async function readRecords<T>(store: Store, key: string, schema: z.ZodType<T>): Promise<T[]> {
  return parseLines(splitLines(await store.read(key)), key, schema);
}

function parseLines<T>(lines: Iterable<TextLine>, key: string, schema: z.ZodType<T>): T[] {
  const records: T[] = [];
  for (const line of lines) {
    const { text, number } = asText(line, key);
    if (text.trim() !== '') records.push(parseRecord(text, `${key}:${number}`, schema));
  }
  return records;
}

/** Records as of `readRecords`, one at a time: for files that memory should not hold. */
export async function* streamRecords<T>(store: Store, key: string, schema: z.ZodType<T>): AsyncGenerator<T> {
  for await (const { record } of streamPlacedRecords(store, key, schema)) yield record;
}

/** As `streamRecords`, each record with the byte that its text begins at. */
export async function* streamPlacedRecords<T>(
  store: Store,
  key: string,
  schema: z.ZodType<T>,
): AsyncGenerator<{ record: T; start: number }> {
  for await (const line of readLines(freeBuffers(store.readStream(key)), Number.POSITIVE_INFINITY)) {
    const { text, number, start } = asText(line, key);
    if (text.trim() !== '') yield { record: parseRecord(text, `${key}:${number}`, schema), start };
  }
}

function asText(line: TextLine, key: string): Extract<TextLine, { text: string }> {
  if ('text' in line) return line;
  throw new CorruptRecordError(`${key}:${line.number}: ${line.fault}`);
}

/** Reads one JSON document. Throws `NotFoundError` and `CorruptRecordError`. */
export async function readJson<T>(store: Store, key: string, schema: z.ZodType<T>): Promise<T> {
  return parseRecord((await store.read(key)).toString('utf8'), key, schema);
}

/** Reads one JSON document, or gives undefined where the store holds nothing under the key. */
export async function readJsonIfPresent<T>(store: Store, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const bytes = await readIfPresent(store, key);
  return bytes && parseRecord(bytes.toString('utf8'), key, schema);
}

/** JSONL of the records, one per line, each line ended. */
export function encodeRecords(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/**
 * The config of a run. Throws `InvalidInputError` that names every field it cannot read: a config is checked before it is
 * stored, so that it was another version that wrote it.
 */
export async function readConfig(store: Store, key: string): Promise<RunConfig> {
  try {
    return await readJson(store, key, RunConfig);
  } catch (cause) {
    if (!(cause instanceof CorruptRecordError)) throw cause;
    throw new InvalidInputError(
      `${cause.message}; the run was started by another version of metis-rise: ` +
        'finish it with that version, or start it again with a config of this one',
      { cause },
    );
  }
}

/** The config of a run that somebody names. Throws `InvalidInputError` where the store has no such run. */
export async function readStoredConfig(store: Store, runId: string): Promise<RunConfig> {
  const key = configKey(runId);
  if (await store.exists(key)) return readConfig(store, key);
  throw new InvalidInputError(`${store.uri} has no run ${runId}; give --store, or one of the folders in its runs/`);
}

/** One record of JSON. Throws `CorruptRecordError` that names the place and the fault. */
export function parseRecord<T>(text: string, place: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(parseJson(text, place));
  if (result.success) return result.data;
  throw new CorruptRecordError(`${place} is no valid record: ${describeIssues(result.error)}`, { cause: result.error });
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CorruptRecordError(`${place} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

const describeIssues = (error: z.ZodError) =>
  error.issues.map((issue) => `${issue.path.join('.') || 'the record'}: ${issue.message}`).join('; ');
