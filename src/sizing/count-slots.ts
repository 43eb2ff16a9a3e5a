import type { RunConfig } from '../schema/config/run-config.ts';
import { DEFAULT_INSTANCE_TYPES, findInstanceType } from './instance-types.ts';
import { findShortage, machineOf } from './machine.ts';
import type { PlannedModel } from './planned-model.ts';
import { assumedPrompt } from './prompt-size.ts';
import { samplingWorksOf } from './works.ts';

/** As many as `examples/tiny.yaml` takes, where the cache of a slot is small; more were not tried. */
const MOST_SLOTS = 512;

/**
 * Sequences to decode together where that is left open: the most, by powers of two, that rollout and evaluation have room for on
 * each of the stack's own instance types, by the arithmetic of `rise plan` and with prompts as long as it takes them to be; 1 where
 * not even one fits. It follows from config and model alone, so that a run is the same wherever it runs.
 */
export function countSlots(config: RunConfig, model: PlannedModel): number {
  const facts = { storedBytes: model.storedBytes, prompt: assumedPrompt(config, model) };
  const machines = DEFAULT_INSTANCE_TYPES.map((name) => machineOf(findInstanceType(name)!));
  const isFitting = (slots: number) =>
    Object.values(samplingWorksOf(config, facts, slots)).every((work) =>
      machines.every((machine) => !findShortage(model.shape, work, machine)),
    );
  let slots = MOST_SLOTS;
  while (slots > 1 && !isFitting(slots)) slots /= 2;
  return slots;
}
