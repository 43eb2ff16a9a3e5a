import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import type { PromptExample } from '../../formats/format.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import type { SftConfig } from '../../schema/config/sft.ts';
import type { SftExample } from '../../schema/sft-example.ts';

type Source = SftExample['source'];

/** What SFT learns, in the order that it is to begin with, and what is beyond the shares. */
export interface ArrangedExamples {
  examples: PromptExample[];
  leftOut: PromptExample[];
}

/**
 * The examples of a run by the shares and in the order of its config, by its seed. Where examples come in an order, those of
 * the same place are shuffled.
 */
export function arrangeExamples(
  examples: readonly PromptExample[],
  { seed, sft }: { seed: number; sft: Pick<RunConfig['sft'], 'shares' | 'order'> },
): ArrangedExamples {
  const kept = sft.shares ? chooseShares(examples, sft.shares, seed) : new Set(examples);
  // The seed's name is part of what a run's weights derive from.
  const shuffled = createRandom(deriveSeed(seed, 'sft-shards')).shuffle(examples.filter((each) => kept.has(each)));
  return {
    examples: shuffled.toSorted((left, right) => placeOf(left, sft.order) - placeOf(right, sft.order)),
    leftOut: examples.filter((each) => !kept.has(each)),
  };
}

/**
 * As many examples as there can be in these shares, a seeded choice of each source. A source that has none leaves the others
 * theirs.
 */
function chooseShares(
  examples: readonly PromptExample[],
  shares: NonNullable<SftConfig['shares']>,
  seed: number,
): ReadonlySet<PromptExample> {
  const bySource = [...Map.groupBy(examples, ({ example }) => example.source)];
  const perShare = Math.min(
    ...bySource.filter(([source]) => shares[source] > 0).map(([source, own]) => own.length / shares[source]),
  );
  return new Set(
    bySource.flatMap(([source, own]) => {
      const count = shares[source] > 0 ? Math.round(perShare * shares[source]) : 0;
      return createRandom(deriveSeed(seed, 'sft-shares', source))
        .shuffle(own)
        .slice(0, count);
    }),
  );
}

const FIRST: Readonly<Record<'self-distill-first' | 'expert-first', Source>> = {
  'self-distill-first': 'self-distill',
  'expert-first': 'expert',
};

/** Where an example stands among the others: earlier with a smaller number. */
function placeOf({ example: { source, provenance } }: PromptExample, order: SftConfig['order']): number {
  switch (order) {
    case 'shuffled':
      return 0;
    case 'curriculum':
      return -provenance.route.passRate;
    default:
      return source === FIRST[order] ? 0 : 1;
  }
}
