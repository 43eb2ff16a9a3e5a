import { createNumberColumn } from './number-column.ts';

/** Texts, each once, numbered as they come: as a `Map` from text to number, in a fraction of its memory. */
export interface TextTable {
  readonly size: number;
  /** The text's number; that of the one known already, if it is. */
  add(text: string): number;
  /** -1 where the text is not known. */
  find(text: string): number;
  at(number: number): string;
}

/** Slots that are filled before there are twice as many. */
const FILLED = 0.6;
const ARENA_BYTES = 2 ** 22;

/** Texts lie one after the other as UTF-16, found by their hash among slots with linear probing. */
export function createTextTable(): TextTable {
  const hashes = createNumberColumn(Uint32Array);
  const arenas: Buffer[] = [];
  const arenaOf = createNumberColumn(Uint16Array);
  const starts = createNumberColumn(Uint32Array);
  const lengths = createNumberColumn(Uint32Array);
  let slots = new Uint32Array(2 ** 10);
  let used = ARENA_BYTES;

  const isAt = (number: number, text: string) => {
    if (lengths.get(number) !== text.length) return false;
    const arena = arenas[arenaOf.get(number)];
    const start = starts.get(number);
    for (let at = 0; at < text.length; at++) {
      if (arena.readUInt16LE(start + 2 * at) !== text.charCodeAt(at)) return false;
    }
    return true;
  };
  /** The slot of the text, or the free one where it would be; a slot holds a number plus one. */
  const slotOf = (text: string, hash: number) => {
    let slot = hash & (slots.length - 1);
    while (slots[slot] > 0) {
      const number = slots[slot] - 1;
      if (hashes.get(number) === hash && isAt(number, text)) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  };
  const grow = () => {
    slots = new Uint32Array(2 * slots.length);
    for (let number = 0; number < hashes.length; number++) {
      let slot = hashes.get(number) & (slots.length - 1);
      while (slots[slot] > 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number + 1;
    }
  };
  const store = (text: string) => {
    const bytes = 2 * text.length;
    if (used + bytes > (arenas.at(-1)?.length ?? 0)) {
      arenas.push(Buffer.alloc(Math.max(ARENA_BYTES, bytes)));
      used = 0;
    }
    arenas.at(-1)!.write(text, used, 'utf16le');
    arenaOf.push(arenas.length - 1);
    starts.push(used);
    lengths.push(text.length);
    used += bytes;
  };

  return {
    get size() {
      return hashes.length;
    },
    at(number) {
      const start = starts.get(number);
      return arenas[arenaOf.get(number)].toString('utf16le', start, start + 2 * lengths.get(number));
    },
    find: (text) => slots[slotOf(text, hashText(text))] - 1,
    add(text) {
      const hash = hashText(text);
      const slot = slotOf(text, hash);
      if (slots[slot] > 0) return slots[slot] - 1;
      store(text);
      hashes.push(hash);
      slots[slot] = hashes.length;
      if (hashes.length > FILLED * slots.length) grow();
      return hashes.length - 1;
    },
  };
}

/** 32-bit FNV-1a over UTF-16 units (G. Fowler, L. C. Noll, K.-P. Vo), mixed once more for the low bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
