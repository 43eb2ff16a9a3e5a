import { mapBounded } from '../base/bounded.ts';
import { createSha256, sha256Of } from '../base/hash.ts';
import { manifestKey } from '../schema/keys.ts';
import { Manifest, type ManifestInput, type ManifestPart } from '../schema/manifest.ts';
import { createCheckedStore } from './checked-store.ts';
import { readWorkState } from './part-damage.ts';
import { writeIfAbsent } from './presence.ts';
import { parseRecord, readJson } from './records.ts';
import type { Store } from './store.ts';
import { type Content, writeContent } from './write-content.ts';

/** What is known of a piece of work before it is done. */
export interface WorkDescription {
  /** Folder of its manifest. */
  prefix: string;
  stage: string;
  runId: string;
  seed: number;
  /** Folders of the finished work that this is made from. */
  madeFrom?: readonly string[];
  /** Folders that are kept while it is not done. */
  keeps?: readonly string[];
}

/** A writer of files of the work, each noted in the manifest; `records` counts its lines or examples. */
type WritePart = (key: string, content: Content, records?: number) => Promise<void>;

/** Work whose manifest stands, with its summary. */
export interface DoneWork<S> {
  kind: 'done';
  summary: S;
}

/** Work that is to be done now. */
export interface OpenWork<S> {
  kind: 'open';
  /** Where it reads: parts of what it is made from, and images, come as they were left (`createCheckedStore`). */
  store: Store;
  writePart: WritePart;
  /** As `writePart`, of what is no part of the result: the work that comes next goes on from it, and deletes it. */
  writeTransient: WritePart;
  /**
   * Writes the manifest and deletes what was kept for the work. Of two that race the first manifest stands, and both get its
   * summary, which must be JSON and the same for the same inputs: no times.
   *
   * @param versions of what the config chooses for the work: rewards, algorithm, optimizer, expert, benchmarks
   */
  finish(summary: S, versions?: Record<string, string>): Promise<S>;
}

/**
 * Begins a piece of work that is done once per prefix: a present `manifest.json` whose parts are there is the proof that it is
 * done. Work that is open is done by whoever began it, and finished: a manifest comes last.
 * Throws `NotFoundError` where what it is made from is not finished.
 */
export async function beginWork<S extends object>(
  store: Store,
  description: WorkDescription,
): Promise<DoneWork<S> | OpenWork<S>> {
  const { prefix, madeFrom = [], keeps = [] } = description;
  const key = manifestKey(prefix);
  const state = await readWorkState(store, key);
  if (state.kind === 'done') {
    await deleteFolders(store, keeps);
    return { kind: 'done', summary: state.manifest.summary as S };
  }
  const inputs = await readInputs(store, madeFrom);
  const [parts, transient] = [createNotedParts(store), createNotedParts(store)];
  return {
    kind: 'open',
    store: createCheckedStore(
      store,
      inputs.flatMap((input) => [...input.parts, ...(input.transient ?? [])]),
    ),
    writePart: parts.write,
    writeTransient: transient.write,
    async finish(summary, versions = {}) {
      const manifest = describeWork(description, inputs, {
        parts: parts.noted(),
        ...(transient.noted().length > 0 && { transient: transient.noted() }),
        summary: summary as Record<string, unknown>,
        versions,
      });
      const standing = await settle(store, key, manifest, state.kind);
      await deleteFolders(store, keeps);
      return standing.summary as S;
    },
  };
}

const CONCURRENT_READS = 32;

type WorkInput = ManifestInput & Pick<Manifest, 'parts' | 'transient'>;

/** The manifests of finished work, by key, with the files they list. */
function readInputs(store: Store, folders: readonly string[]): Promise<WorkInput[]> {
  return mapBounded(folders.map(manifestKey).sort(), CONCURRENT_READS, async (key) => {
    const bytes = await store.read(key);
    const { parts, transient } = parseRecord(bytes.toString('utf8'), key, Manifest);
    return { key, sha256: sha256Of(bytes), parts, transient };
  });
}

function describeWork(
  { stage, runId, seed }: WorkDescription,
  inputs: readonly WorkInput[],
  { parts, transient, summary, versions }: Pick<Manifest, 'parts' | 'transient' | 'summary' | 'versions'>,
): Manifest {
  return {
    stage,
    runId,
    inputs: inputs.map(({ key, sha256 }) => ({ key, sha256 })),
    parts,
    ...(transient && { transient }),
    summary,
    seed,
    versions,
  };
}

/** Writes a manifest, over one whose parts are damaged, and gives the one that stands. */
async function settle(
  store: Store,
  key: string,
  manifest: Manifest,
  before: 'open' | 'damaged',
): Promise<Pick<Manifest, 'summary'>> {
  const json = `${JSON.stringify(manifest, null, 2)}\n`;
  if (before === 'damaged') await store.write(key, json);
  else if ((await writeIfAbsent(store, key, json)) === 'present') return readJson(store, key, Manifest);
  return manifest;
}

/** Writes files, and notes each. */
function createNotedParts(store: Store) {
  const parts = new Map<string, ManifestPart>();
  return {
    async write(key: string, content: Content, records?: number) {
      const measured = await writeMeasured(store, key, content);
      parts.set(key, { key, ...measured, ...(records !== undefined && { records }) });
    },
    /** In the order of their keys. */
    noted: () => [...parts.values()].toSorted((left, right) => (left.key < right.key ? -1 : 1)),
  };
}

async function writeMeasured(store: Store, key: string, content: Content) {
  const hash = createSha256();
  let bytes = 0;
  await writeContent(store, key, content, (piece) => {
    hash.update(piece);
    bytes += Buffer.byteLength(piece);
  });
  return { bytes, sha256: hash.digest('hex') };
}

async function deleteFolders(store: Store, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (const key of await store.list(folder)) await store.delete(key);
  }
}
