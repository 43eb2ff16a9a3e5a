import { type BatchSizes, type PadBatch, padEach, TRAINING_PADDING } from '../runtime/padding.ts';

/** What a new graph costs to record and prepare, in tokens times weights: about 75 ms on two cores. */
const GRAPH_COST = 1.5e9;

/** The largest share of padding among the tokens that run in a shape which several sizes share. */
const MOST_PADDING = 0.1;

/** Batches that run in one shape. */
interface SharedShape {
  /** The largest of each size. */
  sizes: BatchSizes;
  batches: number;
  /** Of all batches, without padding. */
  tokens: number;
  /** Names of the batches' sizes, rounded up each on its own. */
  names: string[];
}

/**
 * Shapes for batches that are known ahead: beginning with each size rounded up on its own, the two shapes whose union saves
 * most become one, as long as a graph less is worth the padding more and nine tenths of the tokens are real; then each is as
 * large as its batches need.
 *
 * @param weightCount of the model: what a token costs
 */
export function planPadding(batches: readonly BatchSizes[], weightCount: number): PadBatch {
  const round = padEach(TRAINING_PADDING);
  const nameOf = (sizes: BatchSizes) => Object.values(round(sizes)).join();
  let shapes = [...Map.groupBy(batches, nameOf)].map(
    ([name, alike]): SharedShape => ({
      sizes: alike.reduce(unite),
      batches: alike.length,
      tokens: alike.reduce((sum, { tokens }) => sum + tokens, 0),
      names: [name],
    }),
  );
  for (let best = findBestUnion(shapes, weightCount); best; best = findBestUnion(shapes, weightCount)) {
    const { pair, union } = best;
    shapes = [...shapes.filter((shape) => !pair.includes(shape)), union];
  }
  const planned = new Map(shapes.flatMap(({ names, sizes }) => names.map((name) => [name, sizes] as const)));
  return (sizes) => planned.get(nameOf(sizes)) ?? round(sizes);
}

function findBestUnion(shapes: readonly SharedShape[], weightCount: number) {
  let best: { pair: SharedShape[]; union: SharedShape } | undefined;
  let most = 0;
  for (const [at, first] of shapes.entries()) {
    for (const second of shapes.slice(at + 1)) {
      const union = {
        sizes: unite(first.sizes, second.sizes),
        batches: first.batches + second.batches,
        tokens: first.tokens + second.tokens,
        names: [...first.names, ...second.names],
      };
      const padding = countTokens(union) - countTokens(first) - countTokens(second);
      const saved = GRAPH_COST - padding * weightCount;
      if (saved > most && union.tokens >= (1 - MOST_PADDING) * countTokens(union)) {
        best = { pair: [first, second], union };
        most = saved;
      }
    }
  }
  return best;
}

/** Tokens of all batches of a shape, padding included; the head's work on completion tokens is small beside it. */
const countTokens = ({ sizes, batches }: SharedShape) => batches * sizes.tokens;

function unite(a: BatchSizes, b: BatchSizes): BatchSizes {
  return {
    tokens: Math.max(a.tokens, b.tokens),
    longest: Math.max(a.longest, b.longest),
    images: Math.max(a.images, b.images),
    completionTokens: Math.max(a.completionTokens, b.completionTokens),
  };
}
