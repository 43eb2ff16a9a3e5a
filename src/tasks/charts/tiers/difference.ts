import { drawArithmetic } from '../arithmetic.ts';
import type { Tier } from '../tier.ts';

/** Subtracting a bar from a taller one. */
export const difference: Tier = { name: 'difference', draw: (random) => drawArithmetic(random, '-') };
