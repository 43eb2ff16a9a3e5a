const CHUNK = 2 ** 16;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Numbers by place, in chunks: a column that grows is never copied. What was not set is 0. */
export interface NumberColumn {
  /** One more than the last place that was set. */
  readonly length: number;
  get(place: number): number;
  set(place: number, value: number): void;
  push(value: number): void;
}

/** @param Kind of array, and with it of number: `Uint32Array` and the like */
export function createNumberColumn(Kind: new (length: number) => Numbers): NumberColumn {
  const chunks: Numbers[] = [];
  let length = 0;
  const set = (place: number, value: number) => {
    while (chunks.length * CHUNK <= place) chunks.push(new Kind(CHUNK));
    chunks[Math.floor(place / CHUNK)][place % CHUNK] = value;
    length = Math.max(length, place + 1);
  };
  return {
    get length() {
      return length;
    },
    get: (place) => chunks[Math.floor(place / CHUNK)]?.[place % CHUNK] ?? 0,
    set,
    push: (value) => set(length, value),
  };
}
