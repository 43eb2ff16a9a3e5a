import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import type { Executor } from '../runtime/executor.ts';
import { RequestQueue, type RequestSource } from './request-queue.ts';
import type { Completion, GenerationSettings, Sequence } from './sequence.ts';
import { createSlotDecoder } from './slot-decoder.ts';

/** Called after each decoding step with the number of sequences still running and the completions as they stand. */
export type OnStep = (runningSequences: number, completions: readonly Readonly<Completion>[]) => void;

/** A sampler of completions with one model, whose weights must stay as they are. */
export interface Sampler {
  /** A completion for every request, in their order. */
  generate(requests: RequestSource, settings: GenerationSettings, onStep?: OnStep): Promise<Completion[]>;
}

/** Share of slots that must be free before waiting requests take them: prefills pay in batches. */
const REFILL_AT = 0.25;

/** Fewer sequences than these are decoded no faster. */
const LEAST_ROWS = 8;

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
      let rows: Row[] = [];
      try {
        for (;;) {
          const waiting = await takeWaiting(queue, countRunning(rows), slotCount);
          if (waiting.length > 0) {
            const slots = freeSlots(rows, waiting.length);
            const begun = decoder.begin(waiting, slots, settings);
            rows = resize(rows, rowCount(Math.max(rows.length, slots.at(-1)! + 1), slotCount));
            for (const [at, sequence] of begun.entries()) rows[slots[at]] = sequence;
            completions.push(...begun.map(({ completion }) => completion));
          } else {
            if (countRunning(rows) === 0) return completions;
            decoder.step(rows, settings);
          }
          rows = rows.map((sequence) => (sequence?.isRunning ? sequence : undefined));
          onStep?.(countRunning(rows), completions);
          if (queue.isEmpty) rows = dropFinished(rows, slotCount, decoder.move);
        }
      } finally {
        decoder.release();
      }
    },
  };
}

/** What a slot is decoding, if anything. */
type Row = Sequence | undefined;

const countRunning = (rows: readonly Row[]) => rows.filter((sequence) => sequence !== undefined).length;

async function takeWaiting(queue: RequestQueue, running: number, slotCount: number) {
  const free = slotCount - running;
  if (running > 0 && (queue.isEmpty || free < REFILL_AT * slotCount)) return [];
  return queue.take(free, slotCount);
}

/** The first slots that are free. */
function freeSlots(rows: readonly Row[], count: number): number[] {
  const free = [...rows.keys()].filter((slot) => rows[slot] === undefined);
  for (let slot = rows.length; free.length < count; slot++) free.push(slot);
  return free.slice(0, count);
}

const resize = (rows: readonly Row[], count: number): Row[] => Array.from({ length: count }, (_, slot) => rows[slot]);

/** The smallest of all slots, their half, their quarter and so on that holds so many: each is a graph of its own. */
function rowCount(needed: number, slotCount: number): number {
  let count = slotCount;
  while (count > LEAST_ROWS && Math.ceil(count / 2) >= needed) count = Math.ceil(count / 2);
  return count;
}

/** Fewer rows when those still running fit: rows past their number move into free ones. */
function dropFinished(rows: Row[], slotCount: number, move: (sources: readonly number[]) => void): Row[] {
  const running = countRunning(rows);
  const count = rowCount(running, slotCount);
  if (count >= rows.length) return rows;
  const movers = [...rows.keys()].slice(count).filter((slot) => rows[slot]);
  const sources = Array.from({ length: count }, (_, slot) => (rows[slot] ? slot : (movers.shift() ?? slot)));
  if (sources.some((source, slot) => source !== slot)) move(sources);
  return sources.map((source) => rows[source]);
}
