/** A seeded source of random draws: the same seed gives the same draws on every platform. */
export interface Random {
  /** A float in [0, 1), 32 bits of it random. */
  next(): number;
  /** An integer in 0 .. n-1. */
  int(n: number): number;
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** Shuffles numbers where they are, as `shuffle` would. */
  shuffleInPlace(numbers: Uint32Array): void;
}

/**
 * Small fast counting generator sfc32 (C. Doty-Humphrey, PractRand): 128 bits of state, integer operations only.
 * The seed's low 32 bits count; twelve warm-up rounds spread them over the state.
 */
export function createRandom(seed: number): Random {
  const state = new Uint32Array([seed >>> 0, 0, 0, 1]);
  const nextUint32 = () => {
    const [a, b, c, counter] = state;
    const output = (a + b + counter) >>> 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + output;
    state[3] = counter + 1;
    return output;
  };
  for (let round = 0; round < 12; round++) nextUint32();

  const next = () => nextUint32() / 2 ** 32;
  const int = (n: number) => Math.floor(next() * n);
  const shuffleInPlace = <T>(items: { length: number; [index: number]: T }) => {
    for (let last = items.length - 1; last > 0; last--) {
      const other = int(last + 1);
      const moved = items[last];
      items[last] = items[other];
      items[other] = moved;
    }
  };
  return {
    next,
    int,
    pick: (items) => items[int(items.length)],
    shuffle: (items) => {
      const shuffled = [...items];
      shuffleInPlace(shuffled);
      return shuffled;
    },
    shuffleInPlace,
  };
}
