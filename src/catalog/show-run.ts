import { openRun, type StoredRun } from '../routing/read-diagnosis.ts';
import { Decision } from '../schema/decision.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { EvaluationRecord } from '../schema/evaluation.ts';
import {
  benchmarkPrefix,
  DIAGNOSIS,
  decisionsKey,
  recordsKey,
  scoresPrefix,
  trajectoriesPrefix,
} from '../schema/keys.ts';
import { Prompt } from '../schema/prompt.ts';
import { Trajectory, TrajectoryScore } from '../schema/trajectory.ts';
import { streamRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type Asked, type AskedFile, askedOf, findPrompt, listAskedFiles, parseAsked } from './find-asked.ts';

/** One answer with its verdict; a trajectory is without one until it is scored. */
export type ShownAnswer =
  | { kind: 'trajectory'; trajectory: Trajectory; score?: TrajectoryScore }
  | { kind: 'evaluated'; policy: string; benchmark: string; record: EvaluationRecord };

/** A prompt, what was answered, and what was decided of it. */
export interface ShownPrompt {
  runId: string;
  /** `diagnosis`, `iteration-000002` or `evaluation`. */
  of: string;
  prompt: Prompt;
  answers: ShownAnswer[];
  /** Of the diagnosis, once SFT's examples are chosen. */
  decision?: Decision;
}

/** A prompt in a line: how many of its answers are right. */
export interface PromptLine extends Pick<Prompt, 'promptId' | 'tier' | 'question'> {
  right: number;
  answers: number;
}

/**
 * A prompt of a run with its answers: those of the diagnosis, else of the evaluation, else of the last iteration that asked it.
 * Throws `InvalidInputError` where the run has no such prompt, or not where `of` says.
 */
export async function showPrompt(store: Store, runId: string, id: string, of?: string): Promise<ShownPrompt> {
  const run = await openRun(store, runId);
  const places = of === undefined ? askedOf(run.config) : [parseAsked(of, run.config)];
  for (const asked of places) {
    const found = await findPrompt(run, await listAskedFiles(run, asked), id);
    if (!found) continue;
    const { prompt, file } = found;
    const answers = await readAnswers(run, file, prompt.promptId);
    return { runId, of: nameOf(asked), prompt, answers, decision: await findDecision(run, file, prompt.promptId) };
  }
  const where = of === undefined ? '' : ` in ${of}`;
  throw new InvalidInputError(`run ${runId} has asked no prompt ${id}${where}; rise show ${runId} lists those it has`);
}

/** Every prompt that was asked, with how many of its answers are right: of the diagnosis, or of what `of` says. */
export async function listPrompts(store: Store, runId: string, of = DIAGNOSIS): Promise<PromptLine[]> {
  const run = await openRun(store, runId);
  const lines: PromptLine[] = [];
  for (const file of await listAskedFiles(run, parseAsked(of, run.config))) {
    if (!(await store.exists(file.key))) continue;
    const counts = await countAnswers(run, file);
    for await (const { promptId, tier, question } of streamRecords(store, file.key, Prompt)) {
      lines.push({ promptId, tier, question, ...(counts.get(promptId) ?? { right: 0, answers: 0 }) });
    }
  }
  return lines;
}

const nameOf = (asked: Asked) => (asked.kind === 'rollout' ? asked.rollout : asked.kind);

/** The files of verdicts beside a file of prompts, those that are there. */
async function verdictFiles({ store, runId }: StoredRun, file: AskedFile) {
  const files =
    file.kind === 'rollout'
      ? [{ key: recordsKey(scoresPrefix(runId, file.rollout, file.shard)), policy: '' }]
      : file.policies.map((policy) => ({ key: recordsKey(benchmarkPrefix(runId, policy, file.benchmark)), policy }));
  const present = await Promise.all(files.map(({ key }) => store.exists(key)));
  return files.filter((_, at) => present[at]);
}

async function countAnswers(run: StoredRun, file: AskedFile) {
  const counts = new Map<string, { right: number; answers: number }>();
  const schema = file.kind === 'rollout' ? TrajectoryScore : EvaluationRecord;
  for (const { key } of await verdictFiles(run, file)) {
    for await (const { promptId, isCorrect } of streamRecords<TrajectoryScore | EvaluationRecord>(
      run.store,
      key,
      schema,
    )) {
      const { right, answers } = counts.get(promptId) ?? { right: 0, answers: 0 };
      counts.set(promptId, { right: right + Number(isCorrect), answers: answers + 1 });
    }
  }
  return counts;
}

async function readAnswers(run: StoredRun, file: AskedFile, promptId: string): Promise<ShownAnswer[]> {
  const { store, runId } = run;
  const verdicts = await verdictFiles(run, file);
  if (file.kind === 'evaluation') {
    const { benchmark } = file;
    const answers = verdicts.map(async ({ key, policy }) => {
      const records = await recordsOf(store, key, EvaluationRecord, promptId);
      return records.map((record): ShownAnswer => ({ kind: 'evaluated', policy, benchmark, record }));
    });
    return (await Promise.all(answers)).flat();
  }
  const key = recordsKey(trajectoriesPrefix(runId, file.rollout, file.shard));
  if (!(await store.exists(key))) return [];
  const trajectories = await recordsOf(store, key, Trajectory, promptId);
  const scores = await Promise.all(verdicts.map((each) => recordsOf(store, each.key, TrajectoryScore, promptId)));
  const scoreOf = new Map(scores.flat().map((score) => [score.trajectoryIndex, score]));
  return trajectories.map((trajectory) => {
    return { kind: 'trajectory', trajectory, score: scoreOf.get(trajectory.trajectoryIndex) };
  });
}

async function findDecision({ store, runId }: StoredRun, file: AskedFile, promptId: string) {
  if (file.kind === 'evaluation' || file.rollout !== DIAGNOSIS) return undefined;
  const key = decisionsKey(runId, file.shard);
  return (await store.exists(key)) ? (await recordsOf(store, key, Decision, promptId))[0] : undefined;
}

async function recordsOf<T extends { promptId: string }>(
  store: Store,
  key: string,
  schema: Parameters<typeof streamRecords<T>>[2],
  promptId: string,
): Promise<T[]> {
  const found: T[] = [];
  for await (const record of streamRecords(store, key, schema)) if (record.promptId === promptId) found.push(record);
  return found;
}
