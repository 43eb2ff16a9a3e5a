import type { z } from 'zod';
import { sha256Of } from '../base/hash.ts';
import { Decision } from '../schema/decision.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { ExpertAnswer } from '../schema/expert-answer.ts';
import * as keys from '../schema/keys.ts';
import type { ManifestInput } from '../schema/manifest.ts';
import { Prompt } from '../schema/prompt.ts';
import { SftIndexEntry } from '../schema/sft-example.ts';
import { Trajectory, TrajectoryScore } from '../schema/trajectory.ts';
import { readIfPresent } from '../store/presence.ts';
import { streamRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { countDecidedShards, openRun } from './read-diagnosis.ts';

/** A record of a run, and the file that it is in. */
export interface Kept<T> {
  key: string;
  record: T;
}

/** Where an SFT example comes from, step by step back to the policy or the expert. */
export interface Explanation {
  exampleId: string;
  runId: string;
  /** Its line of the index: its tar, and its place in the order of training. */
  index: Kept<SftIndexEntry>;
  decision: Kept<Decision>;
  prompt: Kept<Prompt>;
  source: Source;
  /** The manifests that seal all this, the policy's among them, by what their bytes are now. */
  manifests: ManifestInput[];
}

/** A trajectory of the policy's own with what it earned, or an expert's answer with its verdict and what it took. */
export type Source =
  | { kind: 'self-distill'; trajectory: Kept<Trajectory>; score: Kept<TrajectoryScore> }
  | { kind: 'expert'; answer: Kept<ExpertAnswer> };

/**
 * Walks an SFT example back to prompt, decision, trajectory or expert, scores and policy. Throws `InvalidInputError` where no
 * run has it, or several do and none is named.
 */
export async function explainExample(store: Store, exampleId: string, runId?: string): Promise<Explanation> {
  const { index, ...found } = await findExample(store, exampleId, runId);
  const { shard, ...decision } = await findDecision(store, found.runId, exampleId);
  const { promptId, policy } = decision.record;
  const isItsOwn = (record: { promptId: string }) => record.promptId === promptId;
  const prompt = await findRecord(store, keys.planPromptsKey(found.runId, keys.DIAGNOSIS, shard), Prompt, isItsOwn);
  const source = await findSource(store, found.runId, shard, decision.record, exampleId);
  const folders = [...foldersOf(found.runId, shard), ...(policy.manifestSha256 === undefined ? [] : [policy.folder])];
  return { exampleId, ...found, index, decision, prompt, source, manifests: await hashManifests(store, folders) };
}

/** The run that published an example, and where its index has it. */
async function findExample(store: Store, exampleId: string, runId: string | undefined) {
  const runIds = runId === undefined ? await listRuns(store) : [(await openRun(store, runId)).runId];
  const found: { runId: string; index: Kept<SftIndexEntry> }[] = [];
  for (const each of runIds) {
    const key = keys.sftIndexKey(each);
    if (!(await store.exists(key))) continue;
    const record = await firstRecord(store, key, SftIndexEntry, (entry) => entry.exampleId === exampleId);
    if (record) found.push({ runId: each, index: { key, record } });
  }
  if (found.length === 1) return found[0];
  const among = runId === undefined ? `the ${runIds.length} runs of ${store.uri}` : `run ${runId}`;
  throw new InvalidInputError(
    found.length === 0
      ? `no SFT example of ${among} is named ${exampleId}; the names are in ${keys.sftIndexKey(runId ?? '<run>')}`
      : `${exampleId} is an SFT example of ${found.map((one) => one.runId).join(', ')}; choose one with --run`,
  );
}

async function listRuns(store: Store): Promise<string[]> {
  const prefix = keys.runPrefix('').slice(0, -1);
  const ids = (await store.list(prefix)).map((key) => key.slice(prefix.length).split('/')[0]);
  return [...new Set(ids)];
}

async function findDecision(
  store: Store,
  runId: string,
  exampleId: string,
): Promise<Kept<Decision> & { shard: number }> {
  const shardCount = await countDecidedShards(await openRun(store, runId));
  for (let shard = 0; shard < shardCount; shard++) {
    const key = keys.decisionsKey(runId, shard);
    if (!(await store.exists(key))) break;
    const record = await firstRecord(store, key, Decision, ({ examples }) => examples.includes(exampleId));
    if (record) return { shard, key, record };
  }
  throw new InvalidInputError(
    `run ${runId} has no decision on ${exampleId}; it was published by an earlier version of metis-rise: ` +
      `delete ${keys.sftShardsPrefix(runId)} and run again`,
  );
}

/** Where the text of an example comes from: by its name, a trajectory or the expert. */
async function findSource(
  store: Store,
  runId: string,
  shard: number,
  { promptId }: Decision,
  exampleId: string,
): Promise<Source> {
  const [, index] = /-self-(\d+)$/.exec(exampleId) ?? [];
  if (index === undefined) {
    const key = keys.recordsKey(keys.expertPrefix(runId, shard));
    const answer = await findRecord(store, key, ExpertAnswer, (record) => record.promptId === promptId);
    return { kind: 'expert', answer };
  }
  const isIt = (record: { promptId: string; trajectoryIndex: number }) =>
    record.promptId === promptId && record.trajectoryIndex === Number(index);
  const trajectories = keys.recordsKey(keys.trajectoriesPrefix(runId, keys.DIAGNOSIS, shard));
  const scores = keys.recordsKey(keys.scoresPrefix(runId, keys.DIAGNOSIS, shard));
  return {
    kind: 'self-distill',
    trajectory: await findRecord(store, trajectories, Trajectory, isIt),
    score: await findRecord(store, scores, TrajectoryScore, isIt),
  };
}

async function findRecord<T>(
  store: Store,
  key: string,
  schema: z.ZodType<T>,
  isIt: (record: T) => boolean,
): Promise<Kept<T>> {
  const record = await firstRecord(store, key, schema, isIt);
  if (record !== undefined) return { key, record };
  throw new InvalidInputError(
    `${key} lacks what the example was made from; rise doctor --deep tells what of the run was changed`,
  );
}

async function firstRecord<T>(store: Store, key: string, schema: z.ZodType<T>, isIt: (record: T) => boolean) {
  for await (const record of streamRecords(store, key, schema)) if (isIt(record)) return record;
  return undefined;
}

/** Folders of the work that an example came through, in the order of the recipe. */
const foldersOf = (runId: string, shard: number) => [
  keys.planPrefix(runId, keys.DIAGNOSIS),
  keys.trajectoriesPrefix(runId, keys.DIAGNOSIS, shard),
  keys.scoresPrefix(runId, keys.DIAGNOSIS, shard),
  keys.routesPrefix(runId, shard),
  keys.expertPrefix(runId, shard),
  keys.sftShardsPrefix(runId),
];

async function hashManifests(store: Store, folders: readonly string[]): Promise<ManifestInput[]> {
  const manifests = await Promise.all(
    folders.map(keys.manifestKey).map(async (key) => ({ key, bytes: await readIfPresent(store, key) })),
  );
  return manifests.flatMap(({ key, bytes }) => (bytes ? [{ key, sha256: sha256Of(bytes) }] : []));
}
