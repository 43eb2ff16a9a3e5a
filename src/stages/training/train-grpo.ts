import type { Policy } from '../../engine/policy.ts';
import type { ProcessedPrompt } from '../../engine/processing/processor.ts';
import { createTrainer, selectTrainable } from '../../engine/train-step.ts';
import { checkpointPrefix, metricsKey } from '../../schema/keys.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { RunConfig } from '../../schema/run-config.ts';
import { deriveSeed } from '../../schema/seeds.ts';
import type { TrainGrpoJob } from '../../schema/stage-contracts.ts';
import { completeOnce } from '../../store/complete-once.ts';
import { encodeRecords, readConfig } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { JobDeps } from '../stage-deps.ts';
import { loadStoredPolicy, processStoredPrompt } from '../stored-policy.ts';
import { countCompletionTokens } from './batching.ts';
import { restoreOptimizer, saveCheckpoint } from './checkpoint.ts';
import { canTeach, type GrpoSample, readScoredGroups, type ScoredGroup, selectSamples } from './grpo-samples.ts';
import { type GrpoSequence, takeGrpoSteps } from './grpo-steps.ts';

export interface TrainGrpoSummary {
  groups: number;
  /** Groups that were partly correct: what was learned from. */
  keptGroups: number;
  sequences: number;
  tokens: number;
  /** Optimizer steps of this iteration; 0 when every group was dropped, and then the weights stay as they were. */
  steps: number;
  rewardMean: number;
  accuracyMean: number;
}

/** One GRPO iteration: learns from a scored rollout, and saves the next policy with its optimizer's state. */
export async function runTrainGrpo(deps: JobDeps, input: TrainGrpoJob): Promise<TrainGrpoSummary> {
  const { store } = deps;
  const config = await readConfig(store, input.configKey);
  const prefix = checkpointPrefix(input.runId, input.iteration);
  const description = { stage: 'train-grpo', runId: input.runId, seed: config.seed };
  return completeOnce(store, prefix, description, async (writePart) => {
    const started = Date.now();
    const groups = await readScoredGroups(store, input, config.rl.groupSize);
    const { policy, reference, trainer } = await loadModels(store, input, config);
    const samples = selectSamples(groups, config.rl.advantageNormalization);
    const sequences = await buildSequences(store, config, policy, samples);
    const models = { model: policy.model, trainer, reference: reference?.model };
    const shuffleSeed = deriveSeed(config.seed, 'grpo-order', input.iteration);
    const steps = await takeGrpoSteps(deps, models, sequences, config.rl, shuffleSeed);
    await saveCheckpoint(store, writePart, prefix, {
      sourcePrefix: input.policyPrefix,
      weights: policy.model.weights,
      optimizer: trainer.optimizer,
      state: { stepCount: trainer.optimizer.stepCount, seed: config.seed },
    });
    policy.model.dispose();
    reference?.model.dispose();

    const summary = summarize(groups, sequences, steps.length);
    const metrics = { iteration: input.iteration, ...describeIteration(groups, summary, Date.now() - started) };
    await store.write(metricsKey(prefix), encodeRecords([metrics, ...steps]));
    return summary;
  });
}

async function loadModels(store: Store, input: TrainGrpoJob, config: RunConfig) {
  const policy = await loadStoredPolicy(store, input.policyPrefix, config);
  const { freezeVisionTower, model: baseModel } = config.policy;
  const { optimizer, iterations, stepsPerIteration, klCoefficient } = config.rl;
  const trainable = selectTrainable(policy.model.weights, freezeVisionTower);
  const trainer = createTrainer(trainable, optimizer, iterations * stepsPerIteration);
  if (input.iteration > 0) await restoreOptimizer(store, input.policyPrefix, trainer.optimizer);
  const reference = klCoefficient > 0 ? await loadStoredPolicy(store, baseModel, config) : undefined;
  return { policy, reference, trainer };
}

/** Siblings share one processed prompt, and with it their images' features within a micro-batch. */
async function buildSequences(
  store: Store,
  config: RunConfig,
  { processor }: Policy,
  samples: readonly GrpoSample[],
): Promise<GrpoSequence[]> {
  const prompts = new Map<string, Promise<ProcessedPrompt>>();
  const process = (prompt: Prompt) =>
    getOrAdd(prompts, prompt.promptId, () => processStoredPrompt(store, processor, prompt, config));
  return Promise.all(
    samples.map(async ({ prompt, trajectory, advantage }) => ({
      prompt: await process(prompt),
      completionIds: trajectory.tokenIds,
      samplingLogprobs: trajectory.samplingLogprobs,
      advantage,
    })),
  );
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

function summarize(
  groups: readonly ScoredGroup[],
  sequences: readonly GrpoSequence[],
  steps: number,
): TrainGrpoSummary {
  const scores = groups.flatMap(({ members }) => members.map(({ score }) => score));
  return {
    groups: groups.length,
    keptGroups: groups.filter(canTeach).length,
    sequences: sequences.length,
    tokens: countCompletionTokens(sequences),
    steps,
    rewardMean: mean(scores.map(({ reward }) => reward)),
    accuracyMean: mean(scores.map(({ isCorrect }) => Number(isCorrect))),
  };
}

function describeIteration(groups: readonly ScoredGroup[], summary: TrainGrpoSummary, milliseconds: number) {
  const members = groups.flatMap((group) => group.members);
  const formats = members.flatMap(({ score }) => score.rewardBreakdown.format?.value ?? []);
  const seconds = milliseconds / 1000;
  return {
    'reward/mean': summary.rewardMean,
    'accuracy/mean': summary.accuracyMean,
    ...(formats.length > 0 && { 'format/mean': mean(formats) }),
    'group/zeroVarianceFraction': 1 - summary.keptGroups / summary.groups,
    'length/mean': mean(members.map(({ trajectory }) => trajectory.tokenIds.length)),
    'length/unfinishedFraction': mean(members.map(({ trajectory }) => Number(trajectory.finishReason === 'length'))),
    'train/steps': summary.steps,
    'time/trainSeconds': seconds,
    'train/tokensPerSecond': summary.tokens / seconds,
  };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
