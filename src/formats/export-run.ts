import { readdir } from 'node:fs/promises';
import { InvalidInputError } from '../schema/errors.ts';
import { createLocalStore } from '../store/local-store.ts';
import type { Store } from '../store/store.ts';
import type { Exporter, ExportFacts, ExportFolder, ExportSet, S3Location } from './exporter.ts';
import { encodeJsonLines } from './json-lines.ts';
import { listOrigins } from './provenance.ts';
import { openRows, type RunRows } from './read-rows.ts';

/** A run to export, and the folder that the export becomes. */
export interface ExportRequest {
  runId: string;
  exporter: Exporter;
  set: ExportSet;
  store: Store;
  out: string;
  /** What becomes of files that are in the folder already. */
  existing: 'refuse' | 'overwrite';
  s3?: S3Location;
}

/** An export that is whole. */
export interface Exported extends ExportFacts {
  format: string;
  out: string;
  /** Image files beside the rows; 0 where images are in the rows. */
  imageFiles: number;
}

/** Shows how far a pass over all rows is. */
export type StartProgress = (name: string, total: number) => { advance(): void; close(): void };

/**
 * Writes one of a run's sets in a foreign format. All rows are looked at before the first is written; a README comes last.
 * Throws `InvalidInputError` where the folder has files, or the format cannot hold a row: then nothing is written.
 */
export async function exportRun(request: ExportRequest, startProgress: StartProgress): Promise<Exported> {
  const { exporter, set, store, runId, out } = request;
  checkRequest(request);
  if (request.existing === 'refuse') await requireEmpty(out);
  const rows = await openRows(store, runId, set);
  const facts = await surveyRows(request, withProgress(rows, 'check', startProgress));
  const folder = openFolder(out);
  await exporter.write({ ...withProgress(rows, 'export', startProgress), facts }, folder);
  if (exporter.provenance === 'beside') {
    await folder.write('provenance.jsonl', encodeJsonLines(listOrigins(rows.rows())));
  }
  await folder.write('README.md', renderReadme(exporter, facts));
  return { format: exporter.name, out, ...facts, imageFiles: folder.imageFiles() };
}

function checkRequest({ exporter, set, s3 }: ExportRequest): void {
  if (!exporter.sets.includes(set)) {
    throw new InvalidInputError(`${exporter.name} has no form for ${set}; it has one for ${exporter.sets.join(', ')}`);
  }
  if (exporter.needsS3 && !s3) {
    throw new InvalidInputError(
      `${exporter.name} names images by where they lie in S3; give --s3 s3://bucket/prefix and --bucket-owner`,
    );
  }
  if (!exporter.needsS3 && s3) throw new InvalidInputError(`${exporter.name} names no places in S3; leave --s3 out`);
}

async function requireEmpty(out: string): Promise<void> {
  const names = await readdir(out).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    if (cause.code === 'ENOTDIR') throw new InvalidInputError(`${out} is a file; name a folder`, { cause });
    throw cause;
  });
  if (names.length === 0) return;
  throw new InvalidInputError(`${out} has files already; give an empty folder, or --force to write over them`);
}

function withProgress(
  { count, ...source }: RunRows,
  name: string,
  startProgress: StartProgress,
): Omit<RunRows, 'count'> {
  return {
    ...source,
    async *rows() {
      const progress = startProgress(name, count);
      for await (const row of source.rows()) {
        yield row;
        progress.advance();
      }
      progress.close();
    },
  };
}

const FAULTS_SHOWN = 5;

/** Facts of all rows. Throws `InvalidInputError` that names the first rows which the format cannot hold. */
async function surveyRows(
  { exporter, runId, set, s3 }: ExportRequest,
  { rows }: Pick<RunRows, 'rows'>,
): Promise<ExportFacts> {
  const facts: ExportFacts = { runId, set, rows: 0, mostImages: 0, mostPixels: 0, ...(s3 && { s3 }) };
  const shown: string[] = [];
  let faults = 0;
  for await (const row of rows()) {
    facts.rows += 1;
    facts.system = row.system;
    facts.mostImages = Math.max(facts.mostImages, row.images.length);
    facts.mostPixels = Math.max(facts.mostPixels, ...row.images.map(({ width, height }) => width * height));
    const fault = await exporter.findFault?.(row, facts.rows);
    if (!fault) continue;
    faults += 1;
    if (faults <= FAULTS_SHOWN) shown.push(`row ${facts.rows} (${row.id}): ${fault}`);
  }
  if (facts.rows === 0) throw new InvalidInputError(`Run ${runId} has no rows of ${set}; there is nothing to export`);
  if (faults === 0) return facts;
  const more = faults > FAULTS_SHOWN ? `\n...and ${faults - FAULTS_SHOWN} more` : '';
  throw new InvalidInputError(
    `${faults} of ${facts.rows} rows cannot be written as ${exporter.name}; nothing was written:\n` +
      shown.join('\n') +
      more,
  );
}

function openFolder(out: string): ExportFolder & { imageFiles(): number } {
  const target = createLocalStore(out);
  const written = new Set<string>();
  return {
    imageFiles: () => written.size,
    write: (name, content) =>
      typeof content === 'string' ? target.write(name, content) : target.writeStream(name, content),
    async writeImages(images) {
      const paths = images.map(({ name }) => `images/${name}`);
      for (const [index, path] of paths.entries()) {
        if (written.has(path)) continue;
        await target.write(path, images[index].bytes);
        written.add(path);
      }
      return paths;
    },
  };
}

const TITLES: Record<ExportSet, string> = { sft: 'SFT examples', rl: 'RL prompts' };

function renderReadme(exporter: Exporter, facts: ExportFacts): string {
  const { runId, set, rows, mostImages, system } = facts;
  const origin = exporter.provenance === 'within' ? 'in its row' : 'in `provenance.jsonl`, in the same order';
  const images =
    mostImages === 0 ? 'text alone' : `up to ${mostImages} ${mostImages === 1 ? 'image' : 'images'} in one`;
  const asked = system === undefined ? 'No system prompt.' : `System prompt:\n\n> ${system.replaceAll('\n', '\n> ')}`;
  return `# ${TITLES[set]} of run ${runId}, for ${exporter.name}\n\n${rows} rows, ${images}. Where each comes from is ${origin}. ${asked}\n${exporter.guide(facts)}`;
}
