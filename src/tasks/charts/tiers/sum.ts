import { drawArithmetic } from '../arithmetic.ts';
import type { Tier } from '../tier.ts';

/** Adding two bars. */
export const sum: Tier = { name: 'sum', draw: (random) => drawArithmetic(random, '+') };
