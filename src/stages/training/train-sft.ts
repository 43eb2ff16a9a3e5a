import type { TrainingSequence } from '../../engine/batch.ts';
import type { Policy } from '../../engine/policy.ts';
import { createTrainer, selectTrainable } from '../../engine/train-step.ts';
import {
  checkpointPrefix,
  manifestKey,
  metricsKey,
  sftCheckpointPrefix,
  sftResumeEpochPrefix,
  sftResumePrefix,
  sftShardsPrefix,
} from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import { createRandom } from '../../schema/random.ts';
import type { RunConfig } from '../../schema/run-config.ts';
import { deriveSeed } from '../../schema/seeds.ts';
import type { TrainSftJob } from '../../schema/stage-contracts.ts';
import { completeOnce } from '../../store/complete-once.ts';
import { encodeRecords, readConfig, readJson, readRecords } from '../../store/records.ts';
import { readSftShard, type StoredSftExample } from '../../store/sft-tar.ts';
import type { Store } from '../../store/store.ts';
import type { JobDeps } from '../stage-deps.ts';
import { loadStoredPolicy, processPrompt } from '../stored-policy.ts';
import { countCompletionTokens, splitBySize } from './batching.ts';
import { isWholeCheckpoint, restoreOptimizer, saveCheckpoint } from './checkpoint.ts';
import { createSftPass, type SftModels, SftStepMetrics, takeSftStep } from './sft-steps.ts';

export interface TrainSftSummary {
  examples: number;
  epochs: number;
  /** Optimizer steps; 0 when there was nothing to learn, and then the weights stay as they were. */
  steps: number;
  /** Loss of the last step. */
  finalLoss?: number;
}

/**
 * SFT from the RL policy's weights on the published shards. A checkpoint after each epoch lets a killed run go on
 * where the epoch began, to the same weights bit for bit.
 */
export async function runTrainSft(deps: JobDeps, input: TrainSftJob): Promise<TrainSftSummary> {
  const { store } = deps;
  const config = await readConfig(store, input.configKey);
  const prefix = sftCheckpointPrefix(input.runId);
  const description = { stage: 'train-sft', runId: input.runId, seed: config.seed };
  const summary = await completeOnce(store, prefix, description, async (writePart) => {
    const examples = await readExamples(store, input.runId);
    const training = await startOrResume(store, input.runId, config, examples.length);
    await trainEpochs(deps, input.runId, config, examples, training);
    await saveTraining(store, writePart, prefix, config, training);
    await store.write(metricsKey(prefix), encodeRecords(training.metrics));
    training.pass.dispose();
    training.policy.model.dispose();
    return {
      examples: examples.length,
      epochs: config.sft.epochs,
      steps: training.metrics.length,
      finalLoss: training.metrics.at(-1)?.['loss/sft'],
    };
  });
  for (const key of await store.list(sftResumePrefix(input.runId))) await store.delete(key);
  return summary;
}

/** Everything that changes while SFT runs. */
interface Training extends SftModels {
  /** Folder that tokenizer and configs are carried over from. */
  sourcePrefix: string;
  policy: Policy;
  /** Epochs finished. */
  epochs: number;
  metrics: SftStepMetrics[];
}

async function readExamples(store: Store, runId: string): Promise<StoredSftExample[]> {
  const { parts } = await readJson(store, manifestKey(sftShardsPrefix(runId)), Manifest);
  const examples: StoredSftExample[] = [];
  for (const { key } of parts.filter((part) => part.key.endsWith('.tar'))) {
    examples.push(...(await readSftShard(await store.read(key))));
  }
  return examples;
}

async function startOrResume(store: Store, runId: string, config: RunConfig, examples: number): Promise<Training> {
  const { iterations } = config.rl;
  const sourcePrefix = iterations > 0 ? checkpointPrefix(runId, iterations - 1) : config.policy.model;
  const resumePrefix = await findResume(store, runId, config.sft.epochs);
  const policy = await loadStoredPolicy(store, resumePrefix ?? sourcePrefix, config);
  const trainable = selectTrainable(policy.model.weights, config.policy.freezeVisionTower);
  const { epochs: totalEpochs, sequencesPerStep, microBatchSequences } = config.sft;
  const totalSteps = totalEpochs * Math.ceil(examples / sequencesPerStep);
  const trainer = createTrainer(trainable, config.sft.optimizer, totalSteps);
  const microBatches = totalSteps * Math.ceil(sequencesPerStep / microBatchSequences);
  const pass = createSftPass(policy.model, trainer, microBatches);
  if (!resumePrefix) return { sourcePrefix, policy, trainer, pass, epochs: 0, metrics: [] };
  const { epochs = 0 } = await restoreOptimizer(store, resumePrefix, trainer.optimizer);
  const metrics = await readRecords(store, metricsKey(resumePrefix), SftStepMetrics);
  return { sourcePrefix, policy, trainer, pass, epochs, metrics };
}

/** The whole checkpoint of the latest epoch, if a run before this one left one. */
async function findResume(store: Store, runId: string, epochs: number): Promise<string | undefined> {
  for (let finished = epochs - 1; finished > 0; finished--) {
    const prefix = sftResumeEpochPrefix(runId, finished);
    if (await isWholeCheckpoint(store, prefix)) return prefix;
  }
  return undefined;
}

async function trainEpochs(
  deps: JobDeps,
  runId: string,
  config: RunConfig,
  examples: readonly StoredSftExample[],
  training: Training,
): Promise<void> {
  const { epochs, sequencesPerStep } = config.sft;
  while (training.epochs < epochs) {
    const order = createRandom(deriveSeed(config.seed, 'sft-order', training.epochs)).shuffle(examples);
    for (const [at, batch] of splitBySize(order, sequencesPerStep).entries()) {
      training.metrics.push(await trainOn(deps, config, training, batch));
      deps.report({
        stage: 'train-sft',
        done: training.epochs * examples.length + Math.min((at + 1) * sequencesPerStep, examples.length),
        total: epochs * examples.length,
        unit: 'sequences',
        metrics: training.metrics.at(-1),
      });
    }
    training.epochs += 1;
    if (training.epochs < epochs) await saveResume(deps.store, runId, config, training);
  }
}

async function trainOn(
  deps: JobDeps,
  config: RunConfig,
  { policy, trainer, pass, epochs }: Training,
  examples: readonly StoredSftExample[],
): Promise<SftStepMetrics> {
  const started = Date.now();
  const sequences = await Promise.all(examples.map((example) => buildSequence(policy, example, config)));
  const { microBatchSequences } = config.sft;
  const { loss, gradNorm, learningRate } = await takeSftStep(deps, { trainer, pass }, sequences, microBatchSequences);
  return {
    epoch: epochs,
    'loss/sft': loss,
    'optimizer/gradNorm': gradNorm,
    'optimizer/learningRate': learningRate,
    'train/tokensPerSecond': (countCompletionTokens(sequences) * 1000) / (Date.now() - started),
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

async function saveResume(store: Store, runId: string, config: RunConfig, training: Training): Promise<void> {
  const prefix = sftResumeEpochPrefix(runId, training.epochs);
  await store.write(metricsKey(prefix), encodeRecords(training.metrics));
  await saveTraining(store, (key, bytes) => store.write(key, bytes), prefix, config, training);
  const outdated = (await store.list(sftResumePrefix(runId))).filter((key) => !key.startsWith(prefix));
  for (const key of outdated) await store.delete(key);
}

function saveTraining(
  store: Store,
  write: (key: string, bytes: Uint8Array | string) => Promise<void>,
  prefix: string,
  config: RunConfig,
  { sourcePrefix, policy, trainer, epochs }: Training,
): Promise<void> {
  const { stepCount } = trainer.optimizer;
  return saveCheckpoint(store, write, prefix, {
    sourcePrefix,
    weights: policy.model.weights,
    optimizer: trainer.optimizer,
    state: { stepCount, epochs, seed: config.seed },
  });
}
