import type { RunConfig } from '../schema/config/run-config.ts';
import { countSlots } from '../sizing/count-slots.ts';
import { readPlannedModel } from './planned-model.ts';

/**
 * The same config with a number in place of `compute.decodeBatchSequences: auto`. Only then the model's config.json is read.
 *
 * @param folder that `policy.model` is relative to
 * @param modelConfig the model's config.json, where it is not that of its folder
 */
export async function chooseSlots(config: RunConfig, folder: string, modelConfig?: string): Promise<RunConfig> {
  if (config.compute.decodeBatchSequences !== 'auto') return config;
  const model = await readPlannedModel(config.policy.model, folder, modelConfig);
  return { ...config, compute: { ...config.compute, decodeBatchSequences: countSlots(config, model) } };
}
