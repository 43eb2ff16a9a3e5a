import type { Tier } from './tier.ts';
import { count } from './tiers/count.ts';
import { difference } from './tiers/difference.ts';
import { product } from './tiers/product.ts';
import { read } from './tiers/read.ts';
import { sum } from './tiers/sum.ts';

/** The tiers prompts are drawn from, easiest first. */
export const TIERS = { read, count, sum, difference, product } satisfies Record<string, Tier>;
export type TierName = keyof typeof TIERS;
