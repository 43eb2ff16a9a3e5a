import { createSha256 } from './hash.ts';

/** Remembers of very many names where each was seen first, by 64 bits of its hash: some 30 bytes a name. */
export interface FirstSeen {
  /** Where the name was first seen, undefined where it is now. Places are whole numbers below 2^32 - 1. */
  see(name: string, place: number): number | undefined;
}

export function createFirstSeen(): FirstSeen {
  let slots = createSlots(1024);
  let count = 0;
  return {
    see(name, place) {
      const digest = createSha256().update(name).digest();
      const [high, low] = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
      const slot = findSlot(slots, high, low);
      if (slots.places[slot] !== 0) return slots.places[slot] - 1;
      fillSlot(slots, slot, high, low, place + 1);
      count += 1;
      if (count * 2 > slots.places.length) slots = doubled(slots);
      return undefined;
    },
  };
}

/** Open addressing: a place of 0 is a free slot, others are one more than they say. */
interface Slots {
  highs: Uint32Array;
  lows: Uint32Array;
  places: Uint32Array;
}

const createSlots = (size: number): Slots => ({
  highs: new Uint32Array(size),
  lows: new Uint32Array(size),
  places: new Uint32Array(size),
});

function findSlot({ highs, lows, places }: Slots, high: number, low: number): number {
  const last = places.length - 1;
  let slot = low & last;
  while (places[slot] !== 0 && (highs[slot] !== high || lows[slot] !== low)) slot = (slot + 1) & last;
  return slot;
}

function fillSlot({ highs, lows, places }: Slots, slot: number, high: number, low: number, place: number): void {
  highs[slot] = high;
  lows[slot] = low;
  places[slot] = place;
}

function doubled({ highs, lows, places }: Slots): Slots {
  const larger = createSlots(places.length * 2);
  for (let slot = 0; slot < places.length; slot++) {
    if (places[slot] === 0) continue;
    fillSlot(larger, findSlot(larger, highs[slot], lows[slot]), highs[slot], lows[slot], places[slot]);
  }
  return larger;
}
