import { z } from 'zod';
import { mapBounded } from '../base/bounded.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { manifestKey, rescoringsPrefix, runPrefix, runTrajectoriesPrefix } from '../schema/keys.ts';
import { Manifest, ManifestInput } from '../schema/manifest.ts';
import { readJson } from '../store/records.ts';
import type { Store } from '../store/store.ts';

/** A piece of a run that is done: what of its manifest says what it rests on. */
export interface FinishedWork {
  /** Of its manifest. */
  key: string;
  /** Its folder as people read it, without the run: `iteration-000000/checkpoint/`. */
  work: string;
  stage: string;
  /** Of the rewards involved. */
  versions: Readonly<Record<string, string>>;
  /** Keys of the manifests that it was made from. */
  inputs: readonly string[];
}

const CONCURRENT_READS = 32;

/** A manifest as a stage writes it today; the code before listed no inputs. */
const LineageManifest = Manifest.extend({ inputs: z.array(ManifestInput).optional() });

/**
 * Everything finished in a run, in the order of its folders; what was scored again later is no part of it.
 * Throws `InvalidInputError` where a manifest does not say what its work was made from.
 */
export async function readFinishedWork(store: Store, runId: string): Promise<FinishedWork[]> {
  return readWork(store, runId, await listManifests(store, runId));
}

/** As `readFinishedWork`, of the work with these manifests. */
export function readWork(store: Store, runId: string, manifests: readonly string[]): Promise<FinishedWork[]> {
  return mapBounded(manifests, CONCURRENT_READS, async (key) => {
    const { stage, versions, inputs } = await readJson(store, key, LineageManifest);
    if (inputs) return { key, work: nameWork(runId, key), stage, versions, inputs: inputs.map((input) => input.key) };
    throw new InvalidInputError(
      `${key} does not list what it was made from: run ${runId} comes from an earlier version of metis-rise; ` +
        'finish it with that version, or start it again',
    );
  });
}

/** Keys of the manifests of a run, sorted, but for what was scored again later. */
export async function listManifests(store: Store, runId: string): Promise<string[]> {
  const listed = await Promise.all(
    [runPrefix(runId), runTrajectoriesPrefix(runId)].map((prefix) => store.list(prefix)),
  );
  const isOwn = (key: string) => key.endsWith(manifestKey('/')) && !key.startsWith(rescoringsPrefix(runId));
  return listed.flat().filter(isOwn);
}

/** The folder of a manifest below its run; of what was sampled, `trajectories/` and the rest. */
export function nameWork(runId: string, key: string): string {
  const folder = key.slice(0, -manifestKey('').length);
  if (folder.startsWith(runPrefix(runId))) return folder.slice(runPrefix(runId).length);
  return `trajectories/${folder.slice(runTrajectoriesPrefix(runId).length)}`;
}
