import { drawArithmetic } from '../arithmetic.ts';
import type { Tier } from '../tier.ts';

/** Multiplying two bars of at least 6: what only an expert can teach, as the base corpus never multiplies. */
export const product: Tier = { name: 'product', draw: (random) => drawArithmetic(random, '*') };
