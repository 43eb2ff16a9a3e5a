import type { Decision } from '../schema/decision.ts';
import type { Route } from '../schema/route.ts';
import { countSources, type SourceCounts } from '../schema/sft-example.ts';
import type { Store } from '../store/store.ts';
import { changeConfig, type Setting } from './change-config.ts';
import { decideShards, rerouteShards } from './decide-shards.ts';
import { countDecidedShards, openRun, readDiagnosis, type StoredDiagnosis, type StoredRun } from './read-diagnosis.ts';
import { listExamples } from './select-examples.ts';

type Branch = Route['kind'];

/** What other settings would change in what SFT learns, by what is stored. */
export interface WhatIf {
  runId: string;
  settings: readonly Setting[];
  /** How many prompts go from which branch to which, those that stay included; pairs that none takes are left out. */
  routes: { from: Branch; to: Branch; prompts: number }[];
  examples: { before: SourceCounts; after: SourceCounts };
  /** Prompts that an expert would be asked about who was not: their answers are not among the examples. */
  toAsk: number;
  /** The prompts whose branch or examples change. */
  changes: PromptChange[];
}

/** What changes for one prompt. */
export interface PromptChange {
  promptId: string;
  from: Branch;
  to: Branch;
  /** Why it takes the new branch. */
  because: string;
  /** Ids of examples. */
  added: string[];
  removed: string[];
}

/**
 * What a run's decisions would be with other settings. Nothing is sampled, trained, or asked of anybody.
 * Throws `InvalidInputError` where there is no such run, nothing was decided yet, or a setting cannot be tried so.
 */
export async function whatIf(store: Store, runId: string, settings: readonly Setting[]): Promise<WhatIf> {
  const run = await openRun(store, runId);
  const changed = { ...run, config: changeConfig(run.config, settings) };
  const shardCount = await countDecidedShards(run);
  const [before, after] = [await decideRun(run, shardCount), await decideRun(changed, shardCount)];
  const pairs = before.decisions.map((old, at) => ({ old, now: after.decisions[at] }));
  const moves = Map.groupBy(pairs, ({ old, now }) => `${old.branch} ${now.branch}`);
  return {
    runId,
    settings,
    routes: [...moves.values()].map((moved) => {
      return { from: moved[0].old.branch, to: moved[0].now.branch, prompts: moved.length };
    }),
    examples: { before: before.sources, after: after.sources },
    toAsk: pairs.filter(({ old, now }) => isAsked(now) && now.expert?.outcome === 'unanswered' && !isAsked(old)).length,
    changes: pairs.flatMap(({ old, now }) => compareDecisions(old, now)),
  };
}

const isAsked = ({ expert }: Decision) => expert !== undefined && expert.outcome !== 'not-asked';

/** Decisions of a run by its config, with as many trajectories of each prompt as that asks for. */
async function decideRun(run: StoredRun, shardCount: number) {
  const { runId, config } = run;
  const shards = cutGroups(readDiagnosis(run, shardCount), config.diagnosis.trajectoriesPerPrompt);
  const decided: Decision[] = [];
  const sources: SourceCounts = { selfDistill: 0, expert: 0 };
  const routed = boundAnswers(rerouteShards(config, shards), config.expert.maxConsultations);
  for await (const { selected, decisions } of decideShards(runId, config, routed)) {
    decided.push(...decisions);
    const { selfDistill, expert } = countSources(listExamples(selected).map(({ example }) => example));
    sources.selfDistill += selfDistill;
    sources.expert += expert;
  }
  return { decisions: decided, sources };
}

/** The first `groupSize` trajectories of each prompt. */
async function* cutGroups(shards: AsyncIterable<StoredDiagnosis>, groupSize: number): AsyncGenerator<StoredDiagnosis> {
  const isIn = ({ trajectoryIndex }: { trajectoryIndex: number }) => trajectoryIndex < groupSize;
  for await (const { trajectories, scores, ...shard } of shards) {
    yield { ...shard, trajectories: trajectories.filter(isIn), scores: scores.filter(isIn) };
  }
}

/** Shards without the answers to prompts that the expert would not be asked about. */
async function* boundAnswers(
  shards: AsyncIterable<StoredDiagnosis>,
  maxConsultations = Number.POSITIVE_INFINITY,
): AsyncGenerator<StoredDiagnosis> {
  let left = maxConsultations;
  for await (const shard of shards) {
    const lacking = shard.routes.filter(({ kind }) => kind === 'expert').slice(0, left);
    left -= lacking.length;
    const asked = new Set(lacking.map(({ promptId }) => promptId));
    yield { ...shard, answers: shard.answers.filter(({ promptId }) => asked.has(promptId)) };
  }
}

function compareDecisions(old: Decision, now: Decision): PromptChange[] {
  const added = now.examples.filter((id) => !old.examples.includes(id));
  const removed = old.examples.filter((id) => !now.examples.includes(id));
  if (old.branch === now.branch && added.length + removed.length === 0) return [];
  return [{ promptId: now.promptId, from: old.branch, to: now.branch, because: now.because, added, removed }];
}
