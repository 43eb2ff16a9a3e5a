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
}

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
  return { model: architecture.createModel(config, await loadTensors(stored, onLoaded)), processor };
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
