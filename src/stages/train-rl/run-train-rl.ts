import { deriveSeed } from '../../base/seeds.ts';
import type { Policy } from '../../engine/policy.ts';
import type { ProcessedPrompt } from '../../engine/processing/processor.ts';
import { createExecutor } from '../../engine/runtime/create-executor.ts';
import { describePreparation } from '../../engine/runtime/describe-preparation.ts';
import type { Precision } from '../../engine/runtime/rewrites/mixed-precision.ts';
import { countCompletionTokens } from '../../engine/training/plan-micro-batches.ts';
import { createTrainer, selectTrainable } from '../../engine/training/train-step.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { grpoResumePrefix, metricsKey, policyPrefix } from '../../schema/keys.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { TrainRlJob } from '../../schema/stage-inputs.ts';
import { encodeRecords, readConfig } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { type Checkpoint, restoreOptimizer, saveCheckpoint } from '../checkpoint.ts';
import { choosePrecision } from '../choose-precision.ts';
import { completeStage } from '../complete-stage.ts';
import { createStepGate, deleteFolder, findResumePoint, type ResumePoint, type StepMetrics } from '../resume.ts';
import type { JobDeps } from '../stage-deps.ts';
import { loadStoredPolicy, processStoredPrompt } from '../stored-policy.ts';
import { type GrpoSequence, takeGrpoSteps, withOldLogprobs } from './grpo-steps.ts';
import { canTeach, type GrpoSample, readScoredGroups, type ScoredGroup, selectSamples } from './scored-groups.ts';

export interface TrainRlSummary {
  groups: number;
  /** Groups that were partly correct: what was learned from. */
  keptGroups: number;
  sequences: number;
  tokens: number;
  /** Optimizer steps of this iteration; 0 when every group was dropped, and then the weights stay as they were. */
  steps: number;
  rewardMean: number;
  accuracyMean: number;
  precision: Precision;
}

/**
 * One GRPO iteration: learns from a scored rollout, and saves the next policy with its optimizer's state. A job that was
 * stopped goes on from its last checkpoint, to the same weights bit for bit.
 */
export async function runTrainRl(deps: JobDeps, input: TrainRlJob): Promise<TrainRlSummary> {
  const { store } = deps;
  const config = await readConfig(store, input.configKey);
  const folder = grpoResumePrefix(input.runId, input.iteration);
  const summary = await completeStage(store, { stage: 'train-rl', input, config }, async (writePart, prefix) => {
    const started = Date.now();
    const groups = await readScoredGroups(store, input, config.rl.groupSize);
    const resumePoint = await findResumePoint(store, folder);
    const models = await loadModels(deps, input, config, resumePoint);
    const sequences = await prepareSequences(store, input, config, models, groups, resumePoint);
    const describe = () => describeTraining(input, config, models);
    const { checkpointSeconds } = config.compute;
    const steps = await takeGrpoSteps(
      deps,
      { model: models.policy.model, trainer: models.trainer, reference: models.reference?.model },
      sequences,
      {
        config: config.rl,
        shuffleSeed: deriveSeed(config.seed, 'grpo-order', input.iteration),
        taken: resumePoint?.metrics ?? [],
        beforeStep: createStepGate(deps, { folder, checkpointSeconds, describe }),
      },
    );
    await saveCheckpoint(store, writePart, prefix, describe());
    models.trainer.dispose();
    models.policy.model.dispose();
    models.reference?.model.dispose();

    const result = { ...summarize(groups, sequences, steps.length), precision: models.precision };
    const metrics = {
      iteration: input.iteration,
      'job/attempt': deps.attempt,
      ...describeIteration(groups, result, steps.slice(resumePoint?.metrics.length), Date.now() - started),
      ...describePreparation(models.trainer.executor.preparation),
    };
    await store.write(metricsKey(prefix), encodeRecords([metrics, ...steps]));
    return result;
  });
  await deleteFolder(store, folder);
  return summary;
}

/** Folder of the policy that this iteration begins with. */
const sourcePrefixOf = (input: TrainRlJob, config: RunConfig) =>
  policyPrefix(input.runId, input.iteration, config.policy.model);

async function loadModels(deps: JobDeps, input: TrainRlJob, config: RunConfig, resumePoint: ResumePoint | undefined) {
  const { store } = deps;
  const prefix = resumePoint?.prefix ?? sourcePrefixOf(input, config);
  const policy = await loadStoredPolicy(store, prefix, config);
  const { freezeVisionTower, model: baseModel } = config.policy;
  const { optimizer, iterations, stepsPerIteration, klCoefficient } = config.rl;
  const trainable = selectTrainable(policy.model, freezeVisionTower);
  const precision = await choosePrecision(deps, input.runId, config, policy.model);
  const trainer = createTrainer(
    policy.model,
    trainable,
    optimizer,
    iterations * stepsPerIteration,
    createExecutor(config.compute.engine, precision),
  );
  if (resumePoint || input.iteration > 0) await restoreOptimizer(store, prefix, trainer.optimizer);
  const reference = klCoefficient > 0 ? await loadStoredPolicy(store, baseModel, config) : undefined;
  return { policy, reference, trainer, precision };
}

type Models = Awaited<ReturnType<typeof loadModels>>;

function describeTraining(input: TrainRlJob, config: RunConfig, { policy, trainer }: Models): Checkpoint {
  const { optimizer } = trainer;
  trainer.updateModel();
  return {
    sourcePrefix: sourcePrefixOf(input, config),
    weights: policy.model.weights,
    optimizer,
    state: { stepCount: optimizer.stepCount, seed: config.seed },
  };
}

/** What to learn from; if an older policy sampled, with the log-probabilities under the one this iteration begins with. */
async function prepareSequences(
  store: Store,
  input: TrainRlJob,
  config: RunConfig,
  { policy, trainer, precision }: Models,
  groups: readonly ScoredGroup[],
  resumePoint: ResumePoint | undefined,
): Promise<GrpoSequence[]> {
  const samples = selectSamples(groups, config.rl.advantageNormalization);
  const sequences = await buildSequences(store, config, policy, samples);
  if (input.policyVersion === input.iteration) return sequences;
  if (!resumePoint) return withOldLogprobs(policy.model, trainer.executor, sequences, config.rl);
  const old = await loadStoredPolicy(store, sourcePrefixOf(input, config), config);
  const executor = createExecutor(config.compute.engine, precision);
  const withOld = withOldLogprobs(old.model, executor, sequences, config.rl);
  executor.dispose();
  old.model.dispose();
  return withOld;
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
): Omit<TrainRlSummary, 'precision'> {
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

/** @param steps of this attempt, which took `milliseconds` */
function describeIteration(
  groups: readonly ScoredGroup[],
  summary: TrainRlSummary,
  steps: readonly StepMetrics[],
  milliseconds: number,
) {
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
    'train/tokensPerSecond': steps.reduce((sum, step) => sum + step['train/tokens'], 0) / seconds,
  };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
