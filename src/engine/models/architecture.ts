import type { ImageSize } from '../../schema/image-limits.ts';
import type { PixelLimits, Processor } from '../processing/processor.ts';
import type { ModelSettings } from '../weights/model-settings.ts';
import type { HostTensor } from '../weights/safetensors.ts';
import type { ModelConfig } from './model-config.ts';
import type { VisionLanguageModel } from './vision-language-model.ts';

/** A kind of model, in a folder of its own: what its checkpoints mean, in the shape that the registry lists. */
export interface Architecture<Config extends ModelConfig = ModelConfig> {
  /** `model_type` in config.json. */
  readonly modelType: string;
  /** As people write it. */
  readonly title: string;
  /** Throws `UnsupportedModelError` naming each setting of a config.json that cannot be run. */
  parseConfig(json: Record<string, unknown>): Config;
  /** @param tensors of a whole checkpoint; throws `UnsupportedModelError` when one is missing or of another shape */
  createModel(config: Config, tensors: ReadonlyMap<string, HostTensor>): VisionLanguageModel;
  /** Random weights for training from nothing. */
  initializeWeights(config: Config, seed: number): Map<string, HostTensor>;
  /** Throws `UnsupportedModelError` where settings are missing or cannot be run. */
  createProcessor(settings: ModelSettings, limits: PixelLimits): Processor;
  /** Tokens an image takes in a prompt of the published checkpoints; throws `InvalidInputError` for one they refuse. */
  countImageTokens(size: ImageSize): number;
}
