import type { Sequence, SequenceRequest } from './sequence.ts';
import type { SlotDecoder } from './slot-decoder.ts';

/** Fewer sequences than these are decoded no faster. */
const LEAST_ROWS = 8;

/** Which sequence each slot of a decoder holds. */
export interface SlotRows {
  /** Sequences that go on. */
  readonly running: number;
  /** Begins a sequence for each request, in free slots, and draws its first token. */
  begin(requests: readonly SequenceRequest[]): Sequence[];
  /** Draws the next token of every sequence. */
  step(): void;
  /** Frees the slots of sequences that have ended. */
  dropFinished(): void;
  /** Decodes fewer rows from now on, where those still running fit. */
  shrink(): void;
}

export function createSlotRows(decoder: SlotDecoder, slotCount: number): SlotRows {
  let rows: Row[] = [];
  return {
    get running() {
      return countRunning(rows);
    },
    begin(requests) {
      const slots = freeSlots(rows, requests.length);
      const begun = decoder.begin(requests, slots);
      rows = resize(rows, rowCount(Math.max(rows.length, slots.at(-1)! + 1), slotCount));
      for (const [at, sequence] of begun.entries()) rows[slots[at]] = sequence;
      return begun;
    },
    step: () => decoder.step(rows),
    dropFinished() {
      rows = rows.map((sequence) => (sequence?.isRunning ? sequence : undefined));
    },
    shrink() {
      rows = shrink(rows, slotCount, decoder.move);
    },
  };
}

/** What a slot is decoding, if anything. */
type Row = Sequence | undefined;

const countRunning = (rows: readonly Row[]) => rows.filter((sequence) => sequence !== undefined).length;

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
function shrink(rows: Row[], slotCount: number, move: (sources: readonly number[]) => void): Row[] {
  const running = countRunning(rows);
  const count = rowCount(running, slotCount);
  if (count >= rows.length) return rows;
  const movers = [...rows.keys()].slice(count).filter((slot) => rows[slot]);
  const sources = Array.from({ length: count }, (_, slot) => (rows[slot] ? slot : (movers.shift() ?? slot)));
  if (sources.some((source, slot) => source !== slot)) move(sources);
  return sources.map((source) => rows[source]);
}
