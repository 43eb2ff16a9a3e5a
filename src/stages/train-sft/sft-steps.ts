import { sft } from '../../algorithms/sft.ts';
import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import { splitBySize } from '../../base/split-list.ts';
import type { Training } from '../../engine/open-engine.ts';
import type { StoredSftExample } from '../../formats/format.ts';
import type { ConfigPart } from '../../schema/config/config-part.ts';
import { measureSft } from '../../schema/config/sft.ts';
import type { StageConfig } from '../../schema/stages.ts';
import type { JobDeps } from '../job-deps.ts';
import { countUpdate, finiteMetrics, recordedNow, type StepMetrics } from '../step-metrics.ts';
import type { SequenceSource } from './sequence-source.ts';

/** How SFT trains on so many examples. */
export function sftTraining({ seed, policy, sft: settings }: StageConfig<'train-sft'>, examples: number) {
  const { microBatchSequences, optimizer } = settings;
  return {
    objective: sft,
    optimizer,
    freezeVisionTower: policy.freezeVisionTower,
    totalSteps: measureSft(settings, examples).steps,
    microBatchSequences,
    dropoutSeed: deriveSeed(seed, 'sft-dropout'),
  };
}

export interface SftStepSettings {
  /** Steps that an attempt before this one has taken. */
  taken: readonly StepMetrics[];
  sequenceOf: SequenceSource;
  /** Called before each step with those taken so far; what it throws ends the job. */
  beforeStep(steps: readonly StepMetrics[]): Promise<void>;
  /** Called after each, as before it. */
  afterStep(steps: readonly StepMetrics[]): Promise<void>;
}

/** Every optimizer step of the job that is left to take, with the metrics of all. */
export async function takeSftSteps(
  deps: JobDeps,
  training: Training<object>,
  config: StageConfig<'train-sft'>,
  examples: readonly StoredSftExample[],
  { taken, sequenceOf, beforeStep, afterStep }: SftStepSettings,
): Promise<StepMetrics[]> {
  const steps = [...taken];
  const { sequences: total } = measureSft(config.sft, examples.length);
  let done = 0;
  for (const { epoch, step, batch } of planSftSteps(config, examples)) {
    done += batch.length;
    if (step < taken.length) continue;
    await beforeStep(steps);
    const { outcome, metrics } = await takeStep(training, batch, sequenceOf);
    const counts = countUpdate(steps, outcome);
    steps.push({ epoch, 'job/attempt': deps.attempt, ...finiteMetrics(metrics), ...counts, ...recordedNow() });
    deps.report({ stage: 'train-sft', done, total, unit: 'sequences', metrics: steps.at(-1) });
    await afterStep(steps);
  }
  return steps;
}

/** The batches of all optimizer steps; each epoch is a shuffle of its own, or in the order of the examples. */
export function* planSftSteps<Example>(
  { seed, sft }: ConfigPart<'seed' | 'sft.epochs' | 'sft.maxSteps' | 'sft.order' | 'sft.sequencesPerStep'>,
  examples: readonly Example[],
) {
  const { steps } = measureSft(sft, examples.length);
  let step = 0;
  for (let epoch = 0; step < steps; epoch++) {
    const shuffle = () => createRandom(deriveSeed(seed, 'sft-order', epoch)).shuffle(examples);
    const order = sft.order === 'shuffled' ? shuffle() : examples;
    const batches = splitBySize(order, sft.sequencesPerStep).slice(0, steps - step);
    for (const batch of batches) yield { epoch, step: step++, batch };
  }
}

async function takeStep(training: Training<object>, examples: readonly StoredSftExample[], sequenceOf: SequenceSource) {
  const started = Date.now();
  const sequences = await Promise.all(examples.map(sequenceOf));
  const { outcome, loss, gradNorm, learningRate, paddingFraction, tokenCount } = training.step(sequences);
  const metrics = {
    'loss/sft': loss,
    'optimizer/gradNorm': gradNorm,
    'optimizer/learningRate': learningRate,
    'train/paddingFraction': paddingFraction,
    'train/tokensPerSecond': (tokenCount * 1000) / (Date.now() - started),
  };
  return { outcome, metrics };
}
