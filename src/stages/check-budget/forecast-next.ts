import { z } from 'zod';
import type { Amount } from '../../schema/budget.ts';
import { measuringBenchmark } from '../../schema/config/evaluation.ts';
import { expertPolicyOf } from '../../schema/config/expert-policy.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';
import {
  DIAGNOSIS,
  MEASURING_SET,
  manifestKey,
  promptsPrefix,
  routesPrefix,
  sftShardsPrefix,
} from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import { groupSizeOf } from '../../schema/rollout-size.ts';
import { RouteCounts } from '../../schema/route.ts';
import type { BudgetQuestion } from '../../schema/stage-inputs.ts';
import { STAGES } from '../../schema/stages.ts';
import { readJson } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { amountOf, type Prices, type Spending, sumAmounts } from '../read-spending.ts';
import { priceConsultation } from './consultation-price.ts';
import { listNextJobs, listUnconsulted, type NextJob } from './list-next.ts';
import { paceOf } from './pace.ts';

/** Training prompts, and the answers that each policy is measured by. */
export interface PromptCounts {
  trainPrompts: number;
  evaluationPrompts: number;
  /** Of those that it is measured by while RL goes on, the answers to each. */
  measuringPrompts: number;
}

/** Seconds of all children of a job by arithmetic; undefined where nothing tells. */
export type ForecastJob = (job: NextJob, config: RunConfig, counts: PromptCounts) => Promise<number | undefined>;

/** What a forecast goes by. */
export interface Known {
  config: RunConfig;
  spending: Spending;
  prices: Prices;
  forecastJob: ForecastJob;
}

/** What comes next will take, of what is not done yet: by what the run has measured, else by arithmetic. Undefined: nothing. */
export async function forecastNext(store: Store, known: Known, question: BudgetQuestion): Promise<Amount | undefined> {
  const isPaidByAnswer = question.next === 'consult-expert' && !expertPolicyOf(known.config.expert);
  if (isPaidByAnswer) return forecastExpert(store, known, question);
  const jobs = await listNextJobs(store, known.config, question);
  if (jobs.length === 0) return undefined;
  const counts = await countPrompts(store, known.config, question.runId);
  return sumAmounts(await Promise.all(jobs.map((job) => forecastNextJob(store, known, question, job, counts))));
}

async function forecastNextJob(
  store: Store,
  { config, spending, prices, forecastJob }: Known,
  question: BudgetQuestion,
  next: NextJob,
  counts: PromptCounts,
): Promise<Amount> {
  const pace = paceOf(spending.attempts);
  const completions = await countCompletions(store, config, question, next, counts);
  const measured = {
    rollout: async () => pace.completion && pace.completion * completions,
    'evaluate-iteration': async () => pace.completion && pace.completion * completions,
    evaluate: async () => pace.completion && pace.completion * completions,
    'sample-expert': async () => pace.completion && pace.completion * completions,
    'train-rl': async () => pace.training,
    'train-sft': async () => pace.sequence && pace.sequence * (await countLessons(store, config, question.runId)),
  };
  const whole = (await measured[next.job]()) ?? (await forecastJob(next, config, counts)) ?? 0;
  const share = next.missing / next.children;
  const amount = amountOf(STAGES[next.job].queue, share * whole, next.missing, prices);
  if (next.job !== 'rollout') return amount;
  return { ...amount, usd: amount.usd + share * completions * judgeUsdOf(spending) };
}

async function countCompletions(
  store: Store,
  config: RunConfig,
  question: BudgetQuestion,
  { job, rollout }: NextJob,
  counts: PromptCounts,
): Promise<number> {
  if (job === 'evaluate-iteration') return counts.measuringPrompts;
  if (job === 'evaluate') return EVALUATED_POLICIES.length * counts.evaluationPrompts;
  if (job === 'sample-expert') {
    const shards = Array.from({ length: question.state.shardCount }, (_, shard) => shard);
    return expertPolicyOf(config.expert)!.answers * (await countAsked(store, config, question.runId, shards));
  }
  const { rl, diagnosis } = config;
  const prompts = rollout === DIAGNOSIS ? (diagnosis.prompts ?? counts.trainPrompts) : rl.promptsPerIteration;
  return prompts * groupSizeOf(config, rollout!);
}

/** What judges were paid for a trajectory so far. */
function judgeUsdOf({ attempts, judgeUsd }: Spending): number {
  const sampled = attempts.filter(({ stage }) => stage === 'rollout').reduce((sum, { items }) => sum + items, 0);
  return sampled === 0 ? 0 : judgeUsd / sampled;
}

/** Sequences that SFT learns from, each as often as it does. */
async function countLessons(store: Store, { sft }: RunConfig, runId: string): Promise<number> {
  const summary = await readSummary(store, sftShardsPrefix(runId), z.object({ examples: z.int() }));
  return summary.examples * sft.epochs;
}

async function countPrompts(store: Store, { evaluation }: RunConfig, runId: string): Promise<PromptCounts> {
  const counts = await readSummary(store, promptsPrefix(runId), z.record(z.string(), z.int()));
  const measured = Object.entries(evaluation.benchmarks).map(
    ([name, { source, completionsPerPrompt }]) => counts[source ? name : 'evaluation'] * completionsPerPrompt,
  );
  const name = measuringBenchmark(evaluation);
  const { source, completionsPerPrompt } = evaluation.benchmarks[name];
  const set = evaluation.duringRl?.source ? MEASURING_SET : source ? name : 'evaluation';
  return {
    trainPrompts: counts.train,
    evaluationPrompts: measured.reduce((sum, count) => sum + count, 0),
    measuringPrompts: counts[set] * completionsPerPrompt,
  };
}

/** By what was paid for a prompt so far, else by the prices of its config. Undefined where nobody is left to ask, or to pay. */
async function forecastExpert(
  store: Store,
  { config, spending }: Known,
  question: BudgetQuestion,
): Promise<Amount | undefined> {
  const { consulted, expertUsd } = spending;
  const usdOfOne = consulted > 0 ? expertUsd / consulted : priceConsultation(config);
  const shards = usdOfOne === 0 ? [] : await listUnconsulted(store, question);
  if (shards.length === 0) return undefined;
  const asked = await countAsked(store, config, question.runId, shards, consulted);
  return { usd: asked * usdOfOne, hours: 0 };
}

/** Prompts of shards that the expert is asked about, where so many were before. */
async function countAsked(
  store: Store,
  { expert }: RunConfig,
  runId: string,
  shards: readonly number[],
  consulted = 0,
): Promise<number> {
  const routes = shards.map((shard) => readSummary(store, routesPrefix(runId, shard), RouteCounts));
  const lacking = (await Promise.all(routes)).reduce((sum, route) => sum + route.expert, 0);
  return Math.max(0, Math.min(lacking, (expert.maxConsultations ?? Number.POSITIVE_INFINITY) - consulted));
}

const readSummary = async <T>(store: Store, prefix: string, schema: z.ZodType<T>): Promise<T> =>
  schema.parse((await readJson(store, manifestKey(prefix), Manifest)).summary);
