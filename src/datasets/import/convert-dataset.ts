import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { streamBounded } from '../../base/bounded.ts';
import { keepHeapSmall } from '../../base/keep-heap-small.ts';
import { DEFAULT_DEMANDS } from '../../rewards/index.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { Prompt } from '../../schema/prompt.ts';
import { createLocalStore } from '../../store/local-store.ts';
import { openRecordWriter, type RecordWriter } from '../../store/record-writer.ts';
import { type CheckedModel, createDatasetTally, type DatasetSummary } from '../check-dataset.ts';
import { createPromptChecker, type Fault } from '../check-prompts.ts';
import type { CheckedEntry } from '../load-dataset.ts';
import { type ConvertedRow, convertRow, encodeRow } from './convert-row.ts';
import { type FoundImage, openImages } from './image-files.ts';
import type { Importer } from './importer.ts';
import { findImporter, guessImporter } from './importers.ts';
import { createRowPlaces } from './row-places.ts';
import { locateSource, type PlacedRow, type SourceFiles, streamRows } from './source-rows.ts';

/** What is converted, and into what. */
export interface ConvertRequest {
  /** A file, or a folder of files. */
  source: string;
  /** Name of the format; guessed by the first row when absent. */
  from?: string;
  /** The folder of the dataset: a new or an empty one. `<name of the source>-dataset` when absent. */
  out?: string;
  model: CheckedModel;
}

/** How a conversion goes on. */
export interface ConvertEvents {
  /** Told before the first row, where the format was not named. */
  onGuess(format: string, sign: string): void;
  onRow(rows: number): void;
}

/** What `rise data check` says of the new dataset; the faults are those of rows that were left out. */
export interface ConvertSummary extends DatasetSummary {
  from: string;
  rows: number;
  /** The JSONL file; absent where no row could be converted, and nothing was written. */
  out?: string;
  imageFiles: number;
  /** Prompts that were kept without their worked solution, which SFT could not learn, and the first. */
  solutionsLeftOut: { count: number; first?: Fault };
}

/** Rows that are converted at once: each may hold its images. */
const CONCURRENT_ROWS = 8;

/**
 * Converts rows of a foreign format into a dataset (docs/data.md), one after the other. What `rise data check` would refuse is
 * left out and said. Images are written as they come, the JSONL file last; the same rows give the same bytes.
 * Throws `InvalidInputError` where the source cannot be read or the folder has files.
 */
export async function convertDataset(request: ConvertRequest, events: ConvertEvents): Promise<ConvertSummary> {
  keepHeapSmall();
  const source = await locateSource(request.source);
  const out = request.out ?? `${source.name}-dataset`;
  await requireEmpty(out);
  const importer = await chooseImporter(source, request.from, events);
  const target = openTarget(out, source);
  await target.images.share(source, importer);

  const tally = createDatasetTally(request.model);
  const check = createRowChecker(request.model.controlTokens);
  const solutionsLeftOut: ConvertSummary['solutionsLeftOut'] = { count: 0 };
  let rows = 0;
  const convert = async (read: PlacedRow) => ({ read, converted: await convertRow(read, importer, target.images) });
  try {
    for await (const { read, converted } of streamBounded(streamRows(source), CONCURRENT_ROWS, convert)) {
      const { found, lostSolution, ...entry } = check(converted, read);
      tally.add({ images: [], ...entry });
      events.onRow(++rows);
      if (lostSolution) {
        solutionsLeftOut.count += 1;
        solutionsLeftOut.first ??= lostSolution;
      }
      if (entry.placed) await target.add(entry.placed.prompt, found);
    }
  } catch (error) {
    await target.abort();
    throw error;
  }
  const written = await target.end();
  return { ...tally.summarize(), from: importer.name, rows, ...written, solutionsLeftOut };
}

/** The dataset that comes to be; without a prompt no file of it does. */
function openTarget(out: string, source: SourceFiles) {
  const store = createLocalStore(out);
  const images = openImages(store, source.folder);
  const name = `${source.name}.jsonl`;
  let writer: RecordWriter | undefined;
  return {
    images,
    async add(prompt: Prompt, found: readonly FoundImage[]): Promise<void> {
      await images.write(found);
      writer ??= openRecordWriter(store, name);
      await writer.write(encodeRow(prompt));
    },
    async end() {
      await writer?.end();
      return { imageFiles: images.count(), ...(writer && { out: join(out, name) }) };
    },
    abort: async () => writer?.abort(),
  };
}

async function requireEmpty(out: string): Promise<void> {
  const names = await readdir(out).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    if (cause.code === 'ENOTDIR') throw new InvalidInputError(`${out} is a file; name a folder with --out`, { cause });
    throw cause;
  });
  if (names.length === 0) return;
  throw new InvalidInputError(`${out} has files already; name a new folder with --out, or delete what is in it`);
}

async function chooseImporter(source: SourceFiles, from: string | undefined, events: ConvertEvents): Promise<Importer> {
  if (from !== undefined) return findImporter(from);
  for await (const read of streamRows(source)) {
    if ('fault' in read) continue;
    const { importer, sign } = guessImporter(source.container, read.row);
    events.onGuess(importer.name, sign);
    return importer;
  }
  throw new InvalidInputError(`${source.files.join(', ')} has no row that can be read; name the format with --from`);
}

/** A row as the tally takes it; what is kept is `placed`. */
interface CheckedRow extends Omit<CheckedEntry, 'images'> {
  found: FoundImage[];
  /** Why the solution was taken out of the prompt. */
  lostSolution?: Fault;
}

/** Checks each row as `rise data check` checks its line. A prompt whose solution alone is refused is kept without it. */
function createRowChecker(controlTokens: readonly string[]) {
  const places = createRowPlaces();
  const check = createPromptChecker({ controlTokens, solutions: DEFAULT_DEMANDS });
  return (row: ConvertedRow, { file, number }: PlacedRow): CheckedRow => {
    const place = `${file}:${number}`;
    const numbered = `row:${places.numberOf(file, number)}`;
    if ('fault' in row) return { found: [], unread: [], faults: [{ place, message: row.fault }] };
    const { prompt, images: found, unread } = row;
    const faults = check({ place: numbered, prompt }).map(({ message }) => ({
      place,
      message: message.replace(/\brow:(\d+)/, (_, first) => places.placeOf(Number(first))),
    }));
    if (faults.length === 0) return { placed: { place, prompt }, found, unread, faults };
    if (!faults.every(({ message }) => message.startsWith('solution'))) return { found: [], unread: [], faults };
    const { solution: _, ...rest } = prompt;
    return { placed: { place, prompt: rest }, found, unread, faults: [], lostSolution: faults[0] };
  };
}
