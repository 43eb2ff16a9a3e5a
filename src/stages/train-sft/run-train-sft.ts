import { LRUCache } from 'lru-cache';
import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import { splitBySize } from '../../base/split-list.ts';
import type { Policy } from '../../engine/policy.ts';
import { createExecutor } from '../../engine/runtime/create-executor.ts';
import type { Precision } from '../../engine/runtime/rewrites/mixed-precision.ts';
import type { TrainingSequence } from '../../engine/training/batch.ts';
import { countCompletionTokens } from '../../engine/training/plan-micro-batches.ts';
import { createTrainer, selectTrainable } from '../../engine/training/train-step.ts';
import type { StoredSftExample } from '../../formats/format.ts';
import { webdataset } from '../../formats/webdataset.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { manifestKey, metricsKey, policyPrefix, sftResumePrefix, sftShardsPrefix } from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import type { ExecutionInput } from '../../schema/stage-inputs.ts';
import { encodeRecords, readConfig, readJson } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { type Checkpoint, restoreOptimizer, saveCheckpoint } from '../checkpoint.ts';
import { choosePrecision } from '../choose-precision.ts';
import { completeStage } from '../complete-stage.ts';
import { createStepGate, deleteFolder, findResumePoint, type StepMetrics } from '../resume.ts';
import type { JobDeps } from '../stage-deps.ts';
import { loadStoredPolicy, processPrompt } from '../stored-policy.ts';
import { createSftPass, type SftModels, takeSftStep } from './sft-steps.ts';

export interface TrainSftSummary {
  examples: number;
  epochs: number;
  /** Optimizer steps; 0 when there was nothing to learn, and then the weights stay as they were. */
  steps: number;
  /** Loss of the last step. */
  finalLoss?: number;
  precision: Precision;
}

/**
 * SFT from the RL policy's weights on the published shards. A job that was stopped goes on from its last checkpoint, to
 * the same weights bit for bit.
 */
export async function runTrainSft(deps: JobDeps, input: ExecutionInput): Promise<TrainSftSummary> {
  const { store } = deps;
  const config = await readConfig(store, input.configKey);
  const summary = await completeStage(store, { stage: 'train-sft', input, config }, async (writePart, prefix) => {
    const examples = await readExamples(store, input.runId);
    const training = await startOrResume(deps, input.runId, config, examples.length);
    await trainEpochs(deps, input.runId, config, examples, training);
    await saveCheckpoint(store, writePart, prefix, describeTraining(config, training));
    await store.write(metricsKey(prefix), encodeRecords(training.metrics));
    training.trainer.dispose();
    training.policy.model.dispose();
    return {
      examples: examples.length,
      epochs: config.sft.epochs,
      steps: training.metrics.length,
      finalLoss: training.metrics.at(-1)?.['loss/sft'],
      precision: training.precision,
    };
  });
  await deleteFolder(store, sftResumePrefix(input.runId));
  return summary;
}

/** Everything that changes while SFT runs. */
interface Training extends SftModels {
  /** Folder that tokenizer and configs are carried over from. */
  sourcePrefix: string;
  policy: Policy;
  precision: Precision;
  sequenceOf(example: StoredSftExample): Promise<TrainingSequence>;
  /** Of the steps taken, in order. */
  metrics: StepMetrics[];
}

async function readExamples(store: Store, runId: string): Promise<StoredSftExample[]> {
  const { parts } = await readJson(store, manifestKey(sftShardsPrefix(runId)), Manifest);
  const examples: StoredSftExample[] = [];
  for (const { key } of parts.filter((part) => part.key.endsWith('.tar'))) {
    examples.push(...(await webdataset.read(await store.read(key))));
  }
  return examples;
}

async function startOrResume(deps: JobDeps, runId: string, config: RunConfig, examples: number): Promise<Training> {
  const { store } = deps;
  const sourcePrefix = policyPrefix(runId, config.rl.iterations, config.policy.model);
  const resumePoint = await findResumePoint(store, sftResumePrefix(runId));
  const policy = await loadStoredPolicy(store, resumePoint?.prefix ?? sourcePrefix, config);
  const trainable = selectTrainable(policy.model, config.policy.freezeVisionTower);
  const { epochs: totalEpochs, sequencesPerStep } = config.sft;
  const totalSteps = totalEpochs * Math.ceil(examples / sequencesPerStep);
  const precision = await choosePrecision(deps, runId, config, policy.model);
  const trainer = createTrainer(
    policy.model,
    trainable,
    config.sft.optimizer,
    totalSteps,
    createExecutor(config.compute.engine, precision),
  );
  const pass = createSftPass(policy.model, trainer);
  if (resumePoint) await restoreOptimizer(store, resumePoint.prefix, trainer.optimizer);
  const sequenceOf = createSequenceSource(policy, config);
  return { sourcePrefix, policy, precision, sequenceOf, trainer, pass, metrics: resumePoint?.metrics ?? [] };
}

async function trainEpochs(
  deps: JobDeps,
  runId: string,
  config: RunConfig,
  examples: readonly StoredSftExample[],
  training: Training,
): Promise<void> {
  const folder = sftResumePrefix(runId);
  const describe = () => describeTraining(config, training);
  const beforeStep = createStepGate(deps, { folder, checkpointSeconds: config.compute.checkpointSeconds, describe });
  const { metrics } = training;
  const total = config.sft.epochs * examples.length;
  let done = 0;
  for (const { epoch, step, batch } of planSteps(config, examples)) {
    done += batch.length;
    if (step < metrics.length) continue;
    await beforeStep(metrics);
    metrics.push({ epoch, 'job/attempt': deps.attempt, ...(await trainOn(config, training, batch)) });
    deps.report({ stage: 'train-sft', done, total, unit: 'sequences', metrics: metrics.at(-1) });
  }
}

/** Every optimizer step of the job: each epoch is a shuffle of its own. */
function* planSteps({ seed, sft }: RunConfig, examples: readonly StoredSftExample[]) {
  let step = 0;
  for (let epoch = 0; epoch < sft.epochs; epoch++) {
    const order = createRandom(deriveSeed(seed, 'sft-order', epoch)).shuffle(examples);
    for (const batch of splitBySize(order, sft.sequencesPerStep)) yield { epoch, step: step++, batch };
  }
}

async function trainOn(
  config: RunConfig,
  { trainer, pass, sequenceOf }: Training,
  examples: readonly StoredSftExample[],
): Promise<StepMetrics> {
  const started = Date.now();
  const sequences = await Promise.all(examples.map(sequenceOf));
  const { loss, gradNorm, learningRate, paddingFraction } = takeSftStep(
    { trainer, pass },
    sequences,
    config.sft.microBatchSequences,
  );
  return {
    'loss/sft': loss,
    'optimizer/gradNorm': gradNorm,
    'optimizer/learningRate': learningRate,
    'train/paddingFraction': paddingFraction,
    'train/tokensPerSecond': (countCompletionTokens(sequences) * 1000) / (Date.now() - started),
  };
}

/** Pixels of the examples that are kept from one epoch to the next. */
const KEPT_BYTES = 2 ** 30;

/** Gives an example's sequence; the images of those used last are not read and resized again. */
function createSequenceSource(
  policy: Policy,
  config: RunConfig,
): (example: StoredSftExample) => Promise<TrainingSequence> {
  const kept = new LRUCache<StoredSftExample, TrainingSequence>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ prompt }) => 1 + prompt.images.reduce((sum, image) => sum + image.pixelValues.byteLength, 0),
  });
  return async (example) => {
    const sequence = kept.get(example) ?? (await buildSequence(policy, example, config));
    kept.set(example, sequence);
    return sequence;
  };
}

/** The completion is the response and the end token: the rest of the conversation is not learned. */
async function buildSequence(
  { processor }: Policy,
  { example, prompt, images }: StoredSftExample,
  config: RunConfig,
): Promise<TrainingSequence> {
  return {
    prompt: await processPrompt(processor, prompt, images, config),
    completionIds: [...processor.encode(example.response), processor.stopTokenIds[0]],
  };
}

function describeTraining(config: RunConfig, { sourcePrefix, policy, trainer }: Training): Checkpoint {
  const { optimizer } = trainer;
  trainer.updateModel();
  const state = { stepCount: optimizer.stepCount, seed: config.seed };
  return { sourcePrefix, weights: policy.model.weights, optimizer, state };
}
