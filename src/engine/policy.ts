import type { AdapterConfig } from '../schema/config/adapter.ts';
import { type Adapter, adaptModel } from './adapters/adapter.ts';
import { createAdapter } from './adapters/create-adapter.ts';
import { loadAdapter } from './adapters/load-adapter.ts';
import type { Architecture } from './models/architecture.ts';
import type { ModelConfig } from './models/model-config.ts';
import { findArchitecture } from './models/registry.ts';
import type { VisionLanguageModel } from './models/vision-language-model.ts';
import type { PixelLimits, Processor } from './processing/processor.ts';
import { loadBackend } from './runtime/backend.ts';
import { loadTensors, type OnLoaded } from './weights/load-tensors.ts';
import type { ModelFiles } from './weights/model-files.ts';
import { readModelSettings } from './weights/model-settings.ts';
import { openWeightFiles } from './weights/weight-files.ts';

/** A model and the processor that feeds it. */
export interface Policy {
  model: VisionLanguageModel;
  processor: Processor;
  architecture: Architecture;
}

/** An adapter beside the policy's own weights: one that changes nothing yet, or that of a folder in PEFT's format. */
export type AdapterChoice =
  | { kind: 'new'; config: AdapterConfig; freezeVisionTower: boolean; seed: number }
  | { kind: 'stored'; files: ModelFiles; dropout?: number };

/**
 * Loads a checkpoint in Hugging Face layout; its weights are read after all else has proved right.
 * Throws `UnsupportedModelError` when it is of an unknown architecture or incomplete.
 */
export async function loadPolicy(
  files: ModelFiles,
  pixelLimits: PixelLimits = {},
  onLoaded?: OnLoaded,
): Promise<Policy> {
  loadBackend();
  const { settings, architecture, config } = await readModel(files);
  const processor = architecture.createProcessor(settings, pixelLimits);
  const stored = architecture.selectWeights(config, await openWeightFiles(files));
  return { model: architecture.createModel(config, await loadTensors(stored, onLoaded)), processor, architecture };
}

/** A model with an adapter, and its own weights frozen. */
export interface AdaptedPolicy {
  model: VisionLanguageModel;
  adapter?: Adapter;
}

/**
 * The policy's model with an adapter, where one is chosen.
 *
 * @throws InvalidInputError targets of a new adapter that the model has no layers for
 * @throws UnsupportedModelError a stored adapter of another model, or of a kind that is not computed
 */
export async function adaptPolicy(
  { model, architecture }: Pick<Policy, 'model' | 'architecture'>,
  choice: AdapterChoice | undefined,
): Promise<AdaptedPolicy> {
  if (!choice) return { model };
  const weightShapes = new Map([...model.weights].map(([name, { shape }]) => [name, shape]));
  const isFrozen = (name: string) => choice.kind === 'new' && choice.freezeVisionTower && model.isVisionWeight(name);
  const adapter =
    choice.kind === 'stored'
      ? await loadAdapter(choice.files, { architecture, weightShapes }, choice.dropout)
      : createAdapter(weightShapes, { ...choice.config, isFrozen, seed: choice.seed });
  return { model: adaptModel(model, adapter), adapter };
}

/** What kind of model a checkpoint holds, of which size: its weights are not read. */
export async function readModelConfig(files: ModelFiles): Promise<ModelConfig> {
  return (await readModel(files)).config;
}

async function readModel(files: ModelFiles) {
  const settings = await readModelSettings(files.read);
  const json = settings.requireJson('config.json');
  const architecture = findArchitecture(json);
  return { settings, architecture, config: architecture.parseConfig(json) };
}
