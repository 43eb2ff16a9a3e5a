import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import type { Executor } from '../runtime/executor.ts';
import { RequestQueue, type RequestSource } from './request-queue.ts';
import type { Completion, GenerationSettings } from './sequence.ts';
import { createSlotDecoder } from './slot-decoder.ts';
import { createSlotRows } from './slot-rows.ts';

/** Called after each decoding step with the number of sequences still running and the completions as they stand. */
export type OnStep = (runningSequences: number, completions: readonly Readonly<Completion>[]) => void;

/** A sampler of completions with one model, whose weights must stay as they are. */
export interface Sampler {
  /** A completion for every request, in their order. */
  generate(requests: RequestSource, settings: GenerationSettings, onStep?: OnStep): Promise<Completion[]>;
}

/** Share of slots that must be free before waiting requests take them: prefills pay in batches. */
const REFILL_AT = 0.25;

/**
 * @param executor where the model runs; it keeps what it traces from one call to the next
 * @param slotCount sequences decoded together: when one ends, a waiting one takes its place
 */
export function createSampler(model: VisionLanguageModel, executor: Executor, slotCount: number): Sampler {
  const decoder = createSlotDecoder(model, executor, slotCount);
  return {
    async generate(requests, settings, onStep) {
      const queue = new RequestQueue(requests);
      const completions: Completion[] = [];
      const rows = createSlotRows(decoder, slotCount);
      try {
        for (;;) {
          const waiting = await takeWaiting(queue, rows.running, slotCount);
          if (waiting.length > 0) {
            const begun = rows.begin(waiting.map((request) => ({ ...request, settings })));
            completions.push(...begun.map(({ completion }) => completion));
          } else {
            if (rows.running === 0) return completions;
            rows.step();
          }
          rows.dropFinished();
          onStep?.(rows.running, completions);
          if (queue.isEmpty) rows.shrink();
        }
      } finally {
        decoder.release();
      }
    },
  };
}

async function takeWaiting(queue: RequestQueue, running: number, slotCount: number) {
  const free = slotCount - running;
  if (running > 0 && (queue.isEmpty || free < REFILL_AT * slotCount)) return [];
  return queue.take(free, slotCount);
}
