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

/** Texts lie one after the other as UTF-16, found by their hash among slots with linear probing. */
export function createTextTable(): TextTable {
  const units = createNumberColumn(Uint16Array);
  const ends = createNumberColumn(Uint32Array);
  let slots = new Uint32Array(2 ** 10);

  const startOf = (number: number) => (number === 0 ? 0 : ends.get(number - 1));
  const at = (number: number) => {
    const start = startOf(number);
    const text = Buffer.allocUnsafe(2 * (ends.get(number) - start));
    for (let place = 0; place < text.length; place += 2) text.writeUInt16LE(units.get(start + place / 2), place);
    return text.toString('utf16le');
  };
  /** From the back: ids often differ at their ends alone. */
  const isAt = (number: number, text: string) => {
    const start = startOf(number);
    let place = text.length;
    if (ends.get(number) - start !== place) return false;
    while (place > 0 && units.get(start + place - 1) === text.charCodeAt(place - 1)) place -= 1;
    return place === 0;
  };
  /** The slot of the text, or the free one where it would be; a slot holds a number plus one. */
  const slotOf = (text: string) => {
    let slot = hashText(text) & (slots.length - 1);
    while (slots[slot] > 0 && !isAt(slots[slot] - 1, text)) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  const grow = () => {
    slots = new Uint32Array(2 * slots.length);
    for (let number = 0; number < ends.length; number++) slots[slotOf(at(number))] = number + 1;
  };

  return {
    get size() {
      return ends.length;
    },
    at,
    find: (text) => slots[slotOf(text)] - 1,
    add(text) {
      const slot = slotOf(text);
      if (slots[slot] > 0) return slots[slot] - 1;
      for (let place = 0; place < text.length; place++) units.push(text.charCodeAt(place));
      ends.push(units.length);
      slots[slot] = ends.length;
      if (ends.length > FILLED * slots.length) grow();
      return ends.length - 1;
    },
  };
}

/** 32-bit FNV-1a over UTF-16 units (G. Fowler, L. C. Noll, K.-P. Vo), mixed once more for the low bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
