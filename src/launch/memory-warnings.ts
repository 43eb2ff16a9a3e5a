import type { RunConfig } from '../schema/config/run-config.ts';
import { assumedPrompt } from '../sizing/prompt-size.ts';
import { findShortages } from '../stages/validate/check-memory.ts';
import type { Store } from '../store/store.ts';

/**
 * What a prepared run would lack of the memory that is free on this machine now, its prompts being as long as they commonly may
 * be. What all of the machine's memory could not hold, preflight refuses.
 */
export function findMemoryWarnings(store: Store, config: RunConfig): Promise<string[]> {
  const machine = { name: 'this machine, now,', hostBytes: process.availableMemory() };
  return findShortages(store, config, (model) => assumedPrompt(config, model), {
    rollout: [machine],
    training: [machine],
  });
}
