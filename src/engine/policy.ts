import { parseModelConfig } from './models/qwen2_5_vl/config.ts';
import { Qwen25VL } from './models/qwen2_5_vl/model.ts';
import type { PixelLimits } from './models/qwen2_5_vl/processing/image-processor.ts';
import { loadProcessor, type Processor } from './models/qwen2_5_vl/processing/processor.ts';
import { loadBackend } from './runtime/backend.ts';
import { type ReadModelFile, requireModelJson } from './weights/model-files.ts';
import { loadWeightFiles } from './weights/weight-files.ts';

/** A model and the processor that feeds it. */
export interface Policy {
  model: Qwen25VL;
  processor: Processor;
}

/**
 * Loads a Qwen2.5-VL checkpoint in Hugging Face layout.
 * Throws `UnsupportedModelError` when it is of another architecture or incomplete.
 */
export async function loadPolicy(readFile: ReadModelFile, pixelLimits: PixelLimits = {}): Promise<Policy> {
  loadBackend();
  const config = parseModelConfig(await requireModelJson(readFile, 'config.json'));
  const [weights, processor] = await Promise.all([loadWeightFiles(readFile), loadProcessor(readFile, pixelLimits)]);
  return { model: new Qwen25VL(config, useCanonicalNames(weights)), processor };
}

/** Names as published checkpoints have them (`visual.`, `model.`, `lm_head.`), whichever way the file was saved. */
function useCanonicalNames<T>(weights: ReadonlyMap<string, T>): Map<string, T> {
  const canonical = (name: string) =>
    name.replace(/^model\.visual\./, 'visual.').replace(/^model\.language_model\./, 'model.');
  return new Map([...weights].map(([name, tensor]) => [canonical(name), tensor]));
}
