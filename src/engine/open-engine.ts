import type { OptimizerConfig } from '../schema/config/optimizer.ts';
import { encodeAdapter } from './adapters/encode-adapter.ts';
import { type ContinuousSampler, createContinuousSampler } from './generation/continuous-sampler.ts';
import { createSampler, type Sampler } from './generation/sampler.ts';
import { measurePrecision, type PrecisionChoice } from './measure-precision.ts';
import { handOverWeights } from './models/adopt-weights.ts';
import { type AdapterChoice, adaptPolicy, loadPolicy } from './policy.ts';
import type { PixelLimits, Processor } from './processing/processor.ts';
import { createExecutor, type Engine as EngineKind } from './runtime/create-executor.ts';
import type { Precision } from './runtime/rewrites/mixed-precision.ts';
import type { TrainingSequence } from './training/batch.ts';
import {
  currentWeights,
  encodeCheckpoint,
  encodeOptimizer,
  type NamedFile,
  type OptimizerState,
  readCarriedFiles,
  restoreOptimizer,
} from './training/checkpoint-files.ts';
import { scoreSequences } from './training/score-sequences.ts';
import { createTrainer, selectTrainable, type Trainer, type TrainerSettings } from './training/trainer.ts';
import type { OnLoaded } from './weights/load-tensors.ts';
import type { ModelFiles } from './weights/model-files.ts';

export type { AdapterChoice, OnLoaded, OptimizerState, Precision, PrecisionChoice };
export { measurePrecision };

/** One policy at work: whatever a stage does with a model goes through this door. */
export interface Engine extends Disposable {
  readonly processor: Processor;
  /** Tokens of a prompt and its completion together that the model was made for. */
  readonly contextLength: number;
  /** Of products of matrices. */
  readonly precision: Precision;
  /** What making its functions ready has cost so far, as a job's metrics name it. */
  readonly preparation: Record<string, number>;
  /** @param slotCount sequences decoded together */
  createSampler(slotCount: number): Sampler;
  /** As `createSampler`, for completions that are asked for at any time. */
  createContinuousSampler(slotCount: number): ContinuousSampler;
  /**
   * Log-probabilities of each sequence's completion tokens.
   *
   * @param microBatchSequences sequences per forward pass
   */
  score(sequences: readonly TrainingSequence[], microBatchSequences: number): Float32Array[];
  train<Values>(settings: TrainingSettings<Values>): Promise<Training<Values>>;
}

export interface EngineSettings {
  engine: EngineKind;
  precision: Precision;
  pixelLimits?: PixelLimits;
  /** What alone of the policy is trained, beside weights that are frozen; without it all weights are. */
  adapter?: AdapterChoice;
  /** Told of weights as they arrive from a store. */
  onLoaded?: OnLoaded;
}

/** How a policy is trained. */
export interface TrainingSettings<Values>
  extends Omit<TrainerSettings<Values>, 'trainable' | 'reference' | 'optimizer'> {
  optimizer: OptimizerConfig;
  freezeVisionTower: boolean;
  /** What the optimizer goes on from; without it, it begins anew. */
  state?: OptimizerState;
  /** Folder of the frozen reference policy, where the objective needs one; or the policy without its adapter. */
  reference?: ModelFiles | 'base';
}

/** A policy while it is trained. */
export interface Training<Values> extends Pick<Trainer<Values>, 'step'> {
  /** Optimizer steps taken, those before included. */
  readonly stepCount: number;
  /** The policy as it stands: files of a folder, one at a time; those of an adapter alone where that is trained. */
  files(): Iterable<NamedFile>;
  /** The optimizer's state, as `files`: with the policy, all that it takes to go on. */
  state(): Iterable<NamedFile>;
}

/**
 * Loads the policy of a folder in Hugging Face layout. Disposing frees its weights and all that was made from it.
 *
 * @throws UnsupportedModelError the checkpoint is of another architecture or incomplete
 */
export async function openEngine(files: ModelFiles, settings: EngineSettings): Promise<Engine> {
  const { engine, precision } = settings;
  const policy = await loadPolicy(files, settings.pixelLimits, settings.onLoaded);
  const { processor, architecture, model: base } = policy;
  const { model, adapter } = await adaptPolicy(policy, settings.adapter);
  const executor = createExecutor(engine, precision);
  const loaded = [model];
  const loadReference = async (reference: ModelFiles | 'base') => {
    if (reference === 'base') return base;
    const { model } = await loadPolicy(reference, {}, settings.onLoaded);
    loaded.push(model);
    handOverWeights(executor, model);
    return model;
  };
  return {
    processor,
    contextLength: base.config.text.contextLength,
    precision,
    get preparation() {
      const { graphs, traceSeconds, firstRunSeconds } = executor.preparation;
      return { 'engine/graphs': graphs, 'time/traceSeconds': traceSeconds, 'time/firstRunSeconds': firstRunSeconds };
    },
    createSampler(slotCount) {
      handOverWeights(executor, model);
      return createSampler(model, executor, slotCount);
    },
    createContinuousSampler(slotCount) {
      handOverWeights(executor, model);
      return createContinuousSampler(model, executor, slotCount);
    },
    score(sequences, microBatchSequences) {
      handOverWeights(executor, model);
      return scoreSequences(model, executor, sequences, microBatchSequences);
    },
    async train({ state, reference, freezeVisionTower, ...others }) {
      const trainer = createTrainer(model, executor, {
        ...others,
        trainable: selectTrainable(model, freezeVisionTower),
        reference: reference && (await loadReference(reference)),
      });
      const { optimizer, step } = trainer;
      handOverWeights(executor, model);
      if (state) await restoreOptimizer(optimizer, state);
      const carried = await readCarriedFiles(files.read);
      return {
        step,
        get stepCount() {
          return optimizer.stepCount;
        },
        files: () =>
          adapter
            ? encodeAdapter(adapter, currentWeights(executor, adapter), architecture)
            : encodeCheckpoint(carried, currentWeights(executor, model)),
        state: () => encodeOptimizer(optimizer),
      };
    },
    [Symbol.dispose]() {
      executor.dispose();
      for (const model of loaded) model.dispose();
    },
  };
}
