import { qwen25VL } from '../../src/engine/models/qwen2_5_vl/index.ts';
import type { PixelLimits, Processor } from '../../src/engine/processing/processor.ts';
import type { ReadModelFile } from '../../src/engine/weights/model-files.ts';
import { readModelSettings } from '../../src/engine/weights/model-settings.ts';

/** The processor of a Qwen2.5-VL folder, without its model. */
export async function loadProcessor(readFile: ReadModelFile, limits: PixelLimits = {}): Promise<Processor> {
  return qwen25VL.createProcessor(await readModelSettings(readFile), limits);
}
