import type { RunConfig } from '../../schema/config/run-config.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';
import {
  configKey,
  evaluationPrefix,
  manifestKey,
  reportPrefix,
  runPrefix,
  sftCheckpointPrefix,
  startedKey,
} from '../../schema/keys.ts';
import { readIfPresent } from '../../store/presence.ts';
import type { Store } from '../../store/store.ts';
import type { Observation } from '../observation.ts';
import { observeEvaluation } from './observe-evaluation.ts';
import { observeIteration } from './observe-iteration.ts';
import { observeSftStep, readSteps } from './read-steps.ts';

/** A piece of work that is done, and what there is to say of it. */
export interface FinishedPiece {
  name: string;
  observe(now: number): Promise<Observation[]>;
}

/** Name of the first piece of a run. */
export const CONFIG = 'config';

/** Name of the piece whose optimizer steps are told of as they are taken. */
export const SFT = 'sft';

/** Name of the last piece of a run. */
export const REPORT = 'report';

/** What a run has done so far, in the order of the recipe. */
export async function listPieces(store: Store, runId: string, config: RunConfig): Promise<FinishedPiece[]> {
  const keys = new Set(await store.list(runPrefix(runId)));
  const isDone = (prefix: string) => keys.has(manifestKey(prefix));
  const iterations = Array.from(keys, (key) => /\/iteration-(\d+)\/checkpoint\/manifest\.json$/.exec(key)?.[1])
    .filter((number) => number !== undefined)
    .sort();
  const policies = EVALUATED_POLICIES.map(({ name }, step) => ({ policy: name, step }));
  return [
    { name: CONFIG, observe: (now) => observeConfig(store, runId, now) },
    ...iterations.map((number) => ({
      name: `rl-${number}`,
      observe: (now: number) => observeIteration(store, { runId, config, iteration: Number(number) }, now),
    })),
    ...(isDone(sftCheckpointPrefix(runId))
      ? [{ name: SFT, observe: (now: number) => observeSft(store, runId, now) }]
      : []),
    ...policies
      .filter(({ policy }) => isDone(evaluationPrefix(runId, policy)))
      .map(({ policy, step }) => ({
        name: `evaluation-${policy}`,
        observe: (now: number) => observeEvaluation(store, { runId, config, policy, step }, now),
      })),
    ...(isDone(reportPrefix(runId))
      ? [{ name: REPORT, observe: (now: number) => observeReport(store, runId, now) }]
      : []),
  ];
}

/** The config, as the run goes by it. */
async function observeConfig(store: Store, runId: string, now: number): Promise<Observation[]> {
  const json = (await store.read(configKey(runId))).toString('utf8').trimEnd();
  const started = JSON.parse((await readIfPresent(store, startedKey(runId)))?.toString('utf8') ?? '{}');
  const time = started.startedAt === undefined ? now : Date.parse(started.startedAt) / 1000;
  return [{ kind: 'text', tag: 'run/config', step: 0, time, markdown: `\`\`\`json\n${json}\n\`\`\`` }];
}

async function observeSft(store: Store, runId: string, now: number): Promise<Observation[]> {
  const steps = await readSteps(store, sftCheckpointPrefix(runId));
  return steps.map((step, at) => observeSftStep(step, at, now));
}

async function observeReport(store: Store, runId: string, now: number): Promise<Observation[]> {
  const markdown = (await store.read(`${reportPrefix(runId)}report.md`)).toString('utf8');
  return [{ kind: 'text', tag: 'run/report', step: 0, time: now, markdown }];
}
