import { mapBounded } from '../base/bounded.ts';
import { createSha256, sha256Of } from '../base/hash.ts';
import { manifestKey, takenKey } from '../schema/keys.ts';
import { Manifest, type ManifestInput, type ManifestPart } from '../schema/manifest.ts';
import type { TakenFrom } from '../schema/reused-work.ts';
import { createCheckedStore } from './checked-store.ts';
import { readWorkState, type WorkState } from './part-damage.ts';
import { writeIfAbsent } from './presence.ts';
import { parseRecord, readJson, readJsonIfPresent } from './records.ts';
import type { Store } from './store.ts';
import { hashRecipe, offerWork, takeWork, type WorkRecipe } from './take-work.ts';
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
  /** As in the table of stages. */
  neededUntil?(key: string): string | undefined;
  supersedes?: readonly string[];
  /** Absent where each run does the work anew. */
  recipe?: WorkRecipe;
}

/** A writer of files of the work, each noted in the manifest; `records` counts its lines or examples. */
type WritePart = (key: string, content: Content, records?: number) => Promise<void>;

/** Work whose manifest stands, with its summary. */
export interface DoneWork<S> {
  kind: 'done';
  summary: S;
  /** Whose it is, where this call took it. */
  takenFrom?: TakenFrom;
}

/** Work that is to be done now. */
export interface OpenWork<S> {
  kind: 'open';
  /** Where it reads: parts of what it is made from, and images, come as they were left (`createCheckedStore`). */
  store: Store;
  writePart: WritePart;
  /**
   * Writes the manifest and deletes what was kept for the work. Of two that race the first manifest stands, and both get its
   * summary, which must be JSON and the same for the same inputs: no times.
   *
   * @param versions of what the config chooses for the work: rewards, algorithm, optimizer, expert, benchmarks
   * @param identity hash of what later work reads, where the files name the run besides
   */
  finish(summary: S, versions?: Record<string, string>, identity?: string): Promise<S>;
}

/**
 * Begins a piece of work that is done once per prefix: a present `manifest.json` whose parts are there is the proof that it is
 * done, and equal work of another run is taken. Work that is open is done by whoever began it, and finished: a manifest comes
 * last. Throws `NotFoundError` where what it is made from is not finished.
 */
export async function beginWork<S extends object>(
  store: Store,
  description: WorkDescription,
): Promise<DoneWork<S> | OpenWork<S>> {
  const { prefix, madeFrom = [], recipe, neededUntil = () => undefined } = description;
  const state = await readWorkState(store, manifestKey(prefix));
  if (state.kind === 'done') {
    await deleteOutdated(store, description);
    return { kind: 'done', summary: state.manifest.summary as S };
  }
  const inputs = await readInputs(store, madeFrom);
  const hash =
    recipe && hashRecipe(description.runId, recipe, new Map(inputs.map((each) => [each.key, each.manifest])));
  const settleAs = (result: Result) =>
    settle(store, description, describeWork(description, inputs, result), state, hash);
  const taken = recipe?.takes && (await takeWork(store, { ...description, recipe, neededUntil }, hash!));
  if (taken) return { kind: 'done', summary: (await settleAs(taken)).summary as S, takenFrom: taken.from };
  const [parts, transient] = [createNotedParts(store), createNotedParts(store)];
  return {
    kind: 'open',
    store: createCheckedStore(
      store,
      inputs.flatMap(({ manifest }) => [...manifest.parts, ...(manifest.transient ?? [])]),
    ),
    writePart: (key, ...content) => (neededUntil(key) === undefined ? parts : transient).write(key, ...content),
    async finish(summary, versions = {}, identity) {
      await dropNote(store, description);
      const standing = await settleAs({
        parts: parts.noted(),
        ...(transient.noted().length > 0 && { transient: transient.noted() }),
        identity,
        summary: summary as Record<string, unknown>,
        versions,
      });
      return standing.summary as S;
    },
  };
}

const CONCURRENT_READS = 32;

interface WorkInput extends ManifestInput {
  manifest: Manifest;
}

/** The manifests of finished work, by key. */
function readInputs(store: Store, folders: readonly string[]): Promise<WorkInput[]> {
  return mapBounded(folders.map(manifestKey).sort(), CONCURRENT_READS, async (key) => {
    const bytes = await store.read(key);
    return { key, sha256: sha256Of(bytes), manifest: parseRecord(bytes.toString('utf8'), key, Manifest) };
  });
}

type Result = Pick<Manifest, 'parts' | 'transient' | 'identity' | 'summary' | 'versions'>;

function describeWork(
  { stage, runId, seed }: WorkDescription,
  inputs: readonly WorkInput[],
  { parts, transient, identity, summary, versions }: Result,
): Manifest {
  return {
    stage,
    runId,
    inputs: inputs.map(({ key, sha256 }) => ({ key, sha256 })),
    parts,
    ...(transient && { transient }),
    ...(identity && { identity }),
    summary,
    seed,
    versions,
  };
}

/**
 * Writes a manifest, over one whose parts are damaged, offers the work to other runs, deletes what is outdated with it, and
 * gives the manifest that stands.
 */
async function settle(
  store: Store,
  description: WorkDescription,
  manifest: Manifest,
  before: WorkState,
  recipe: string | undefined,
): Promise<Pick<Manifest, 'summary'>> {
  const key = manifestKey(description.prefix);
  const json = `${JSON.stringify(manifest, null, 2)}\n`;
  const { stage, runId } = description;
  if (recipe) await offerWork(store, recipe, { stage, runId, manifest: { key, sha256: sha256Of(json) } });
  let standing: Pick<Manifest, 'summary'> = manifest;
  if (before.kind === 'damaged') await store.write(key, json);
  else if ((await writeIfAbsent(store, key, json)) === 'present') standing = await readJson(store, key, Manifest);
  await deleteOutdated(store, description);
  return standing;
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

/** Deletes what says that another run made work that this one makes now: taken files of it were gone or changed. */
async function dropNote(store: Store, { prefix, recipe }: WorkDescription): Promise<void> {
  if (recipe && (await store.exists(takenKey(prefix)))) await store.delete(takenKey(prefix));
}

/** Deletes what was kept for the work while it was not done, and what it alone had still needed of earlier work. */
async function deleteOutdated(store: Store, { keeps = [], supersedes = [] }: WorkDescription): Promise<void> {
  for (const folder of keeps) {
    for (const key of await store.list(folder)) await store.delete(key);
  }
  for (const folder of supersedes) {
    const earlier = await readJsonIfPresent(store, manifestKey(folder), Manifest);
    for (const { key } of earlier?.transient ?? []) await store.delete(key);
  }
}
