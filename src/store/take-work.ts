import { mapBounded } from '../base/bounded.ts';
import { hashJson, sha256Of } from '../base/hash.ts';
import { inRun, manifestKey, metricsKey, offeredWorkKey, offeredWorksPrefix, takenKey } from '../schema/keys.ts';
import { Manifest, type ManifestPart } from '../schema/manifest.ts';
import { OfferedWork, type TakenFrom } from '../schema/reused-work.ts';
import { findPartDamage } from './part-damage.ts';
import { readIfPresent } from './presence.ts';
import { parseRecord, readJsonIfPresent } from './records.ts';
import type { Store } from './store.ts';

/** What the result of a piece of work follows from besides its inputs: equal work gives an equal result, in any run. */
export interface WorkRecipe {
  /** JSON that names no run. */
  of: unknown;
  /** Whether the run takes what others have made. */
  takes: boolean;
  /** Whether the run may go on with what another one made by equal means, which it can be asked to adopt here. */
  adopts(source: Manifest): Promise<boolean>;
}

/** The files of finished work, as the run that takes them has them. */
export interface TakenWork extends Pick<Manifest, 'parts' | 'transient' | 'summary' | 'versions' | 'identity'> {
  from: TakenFrom;
}

/** Work that may be taken. */
interface Wanted {
  prefix: string;
  runId: string;
  recipe: WorkRecipe;
  neededUntil(key: string): string | undefined;
}

/** Hash of a manifest's files, by names that are the same in every run. */
export function identityOf({ runId, parts, transient = [], identity }: Manifest): string {
  const files = [...parts, ...transient].map(({ key, sha256 }) => [inRun(key, runId, ''), sha256]);
  return identity ?? hashJson(files.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Where equal work of all runs is named, given the manifests that it is made from. */
export function hashRecipe(runId: string, { of }: WorkRecipe, inputs: ReadonlyMap<string, Manifest>): string {
  const identities = [...inputs].map(([key, manifest]) => [inRun(key, runId, ''), identityOf(manifest)]);
  return hashJson([of, identities], 32);
}

/** Names work of a run to the runs that come after it: before its manifest is there, which they look for. */
export function offerWork(store: Store, recipe: string, offered: OfferedWork): Promise<void> {
  return store.write(offeredWorkKey(recipe, offered.runId), `${JSON.stringify(offered, null, 2)}\n`);
}

/**
 * Gives a run the files of equal work that another one has finished, where there is some whose files are as they were: each is
 * read to its end. They are the run's own from then on, whatever becomes of the other.
 */
export async function takeWork(store: Store, wanted: Wanted, recipe: string): Promise<TakenWork | undefined> {
  for (const key of await store.list(offeredWorksPrefix(recipe))) {
    const offered = await readJsonIfPresent(store, key, OfferedWork);
    const taken = offered && offered.runId !== wanted.runId && (await takeOffered(store, wanted, offered));
    if (taken) return taken;
  }
  return undefined;
}

async function takeOffered(
  store: Store,
  wanted: Wanted,
  { runId, manifest: { key, sha256 } }: OfferedWork,
): Promise<TakenWork | undefined> {
  const bytes = await readIfPresent(store, key);
  if (!bytes || sha256Of(bytes) !== sha256) return undefined;
  const source = parseRecord(bytes.toString('utf8'), key, Manifest);
  const own = (theirs: string) => inRun(theirs, runId, wanted.runId);
  const { parts, passing, passed } = await sortFiles(store, wanted, source);
  const files = [...parts, ...passing];
  if ((await findPartDamage(store, files, 'contents')).length > 0) return undefined;
  if (!(await wanted.recipe.adopts(source))) return undefined;
  await copyFiles(store, [...files.map((file) => file.key), ...(await presentMetrics(store, key))], own);
  const from = { runId, key, sha256 };
  await store.write(takenKey(wanted.prefix), `${JSON.stringify(from, null, 2)}\n`);
  const owned = (list: ManifestPart[]) =>
    list.map((part) => ({ ...part, key: own(part.key) })).sort((left, right) => (left.key < right.key ? -1 : 1));
  const transient = owned([...passing, ...passed]);
  const { summary, versions, identity } = source;
  return { from, parts: owned(parts), ...(transient.length > 0 && { transient }), summary, versions, identity };
}

/** The files that stay, those that later work is yet to go on from, and those that nobody will. */
async function sortFiles(store: Store, { runId, neededUntil }: Wanted, source: Manifest) {
  const sorted = { parts: [] as ManifestPart[], passing: [] as ManifestPart[], passed: [] as ManifestPart[] };
  for (const file of [...source.parts, ...(source.transient ?? [])]) {
    const until = neededUntil(inRun(file.key, source.runId, runId));
    if (until === undefined) sorted.parts.push(file);
    else if (await store.exists(manifestKey(inRun(until, runId, source.runId)))) sorted.passed.push(file);
    else sorted.passing.push(file);
  }
  return sorted;
}

/** What is beside a manifest for people to see. */
async function presentMetrics(store: Store, key: string): Promise<string[]> {
  const metrics = metricsKey(key.slice(0, -manifestKey('').length));
  return (await store.exists(metrics)) ? [metrics] : [];
}

const CONCURRENT_COPIES = 8;

async function copyFiles(store: Store, keys: readonly string[], own: (theirs: string) => string): Promise<void> {
  await mapBounded(keys, CONCURRENT_COPIES, (key) => store.copy(key, own(key)));
}
