import type { ImageSize } from '../../schema/image-limits.ts';
import type { PixelLimits, Processor } from '../processing/processor.ts';
import type { NativeTensor } from '../runtime/native-tensor.ts';
import type { HostTensor } from '../weights/encode-safetensors.ts';
import type { ModelSettings } from '../weights/model-settings.ts';
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
  /**
   * What a model takes of a whole checkpoint's tensors, under the names it knows them by.
   * Throws `UnsupportedModelError` when one is missing or of another shape.
   */
  selectWeights<Tensor extends Shaped>(config: Config, tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor>;
  /** The name that a model knows a tensor by, of the one it has in a file, as any version of `transformers` writes it. */
  canonicalName(name: string): string;
  /** The name of a module in `transformers` 5, of the one that a model knows it by. */
  moduleName(name: string): string;
  /** @param tensors that were selected; native ones are the model's from now on, which frees them */
  createModel(config: Config, tensors: ReadonlyMap<string, HostTensor | NativeTensor>): VisionLanguageModel;
  /** Random weights for training from nothing. */
  initializeWeights(config: Config, seed: number): Map<string, HostTensor>;
  /** Throws `UnsupportedModelError` where settings are missing or cannot be run. */
  createProcessor(settings: ModelSettings, limits: PixelLimits): Processor;
  /** Tokens an image takes in a prompt of the published checkpoints; throws `InvalidInputError` for one they refuse. */
  countImageTokens(size: ImageSize): number;
}

/** A tensor, or where one is. */
export interface Shaped {
  readonly shape: readonly number[];
}
