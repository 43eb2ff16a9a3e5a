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

/** What a manifest says about the work besides its parts and its summary. */
export interface WorkDescription {
  stage: string;
  runId: string;
  seed: number;
  versions?: Record<string, string>;
  /** Folders of the finished work that this is made from. */
  madeFrom?: readonly string[];
}

/** A writer of files of the work, each noted in the manifest; `records` counts its lines or examples. */
export type WritePart = (key: string, content: Content, records?: number) => Promise<void>;

/**
 * Does a piece of work once per prefix: a present `manifest.json` whose parts are there is the proof that it is done, and its
 * summary is returned; otherwise the work runs and the manifest is written last. Of two that race, the first manifest
 * stands, and both return its summary. The summary must be JSON and the same for the same inputs: no times.
 * The work reads from a store that checks parts of what it is made from, and images (`createCheckedStore`).
 * Throws `NotFoundError` where what it is made from is not finished.
 */
export async function completeOnce<S extends object>(
  store: Store,
  prefix: string,
  description: WorkDescription,
  work: (writePart: WritePart, checked: Store) => Promise<S>,
): Promise<S> {
  const key = manifestKey(prefix);
  const state = await readWorkState(store, key);
  if (state.kind === 'done') return state.manifest.summary as S;

  const inputs = await readInputs(store, description.madeFrom ?? []);
  const checked = createCheckedStore(
    store,
    inputs.flatMap((input) => input.parts),
  );
  const parts = new Map<string, ManifestPart>();
  const summary = await work(async (partKey, content, records) => {
    const measured = await writeMeasured(store, partKey, content);
    parts.set(partKey, { key: partKey, ...measured, ...(records !== undefined && { records }) });
  }, checked);

  const { stage, runId, seed, versions = {} } = description;
  const manifest: Manifest = {
    stage,
    runId,
    inputs: inputs.map(({ key, sha256 }) => ({ key, sha256 })),
    parts: [...parts.values()].sort((left, right) => (left.key < right.key ? -1 : 1)),
    summary: summary as Record<string, unknown>,
    seed,
    versions,
  };
  const json = `${JSON.stringify(manifest, null, 2)}\n`;
  if (state.kind === 'damaged') {
    await store.write(key, json);
    return summary;
  }
  const outcome = await writeIfAbsent(store, key, json);
  return outcome === 'written' ? summary : ((await readJson(store, key, Manifest)).summary as S);
}

const CONCURRENT_READS = 32;

/** The manifests of finished work, by key, with the parts they list. */
function readInputs(store: Store, folders: readonly string[]): Promise<(ManifestInput & Pick<Manifest, 'parts'>)[]> {
  return mapBounded(folders.map(manifestKey).sort(), CONCURRENT_READS, async (key) => {
    const bytes = await store.read(key);
    return { key, sha256: sha256Of(bytes), parts: parseRecord(bytes.toString('utf8'), key, Manifest).parts };
  });
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
