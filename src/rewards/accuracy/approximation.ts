import { evaluateFloat } from './evaluate-float.ts';
import { isName } from './name.ts';
import { readQuantity } from './quantity.ts';

const ABOUT = /^(?:(?:about|approx(?:imately|\.)?|around|roughly|circa|ca\.)\s*(?=[-\d\\.√])|[≈~]\s*)+/i;

const MAX_SIDES = 4;

export const isApproximate = (plain: string) => /[≈~]/.test(plain) || ABOUT.test(plain);

/**
 * The values of `\frac13 ≈ 0.33`, of `≈ 3.14` and of `x ≈ 3.14`: none where a rounded one is not within a twentieth of the
 * first, so that nobody hedges.
 */
export function approximations(plain: string): string[] {
  const [first, ...rounded] = plain
    .replace(ABOUT, '')
    .split(/[≈~]/)
    .map((side) => side.trim());
  if (rounded.length > MAX_SIDES) return [plain];
  if (isName(first) && rounded.length > 0) return approximations(rounded.join('≈'));
  const exact = approximate(first.slice(first.lastIndexOf('=') + 1));
  const values = rounded.map(approximate);
  if (Number.isNaN(exact) && values.every(Number.isNaN)) return [plain];
  if (values.some((value) => Math.abs(exact - value) > Math.abs(exact) / 20)) return [];
  return [first, ...rounded.filter((_, index) => !Number.isNaN(exact - values[index]))];
}

function approximate(plain: string): number {
  const quantity = readQuantity(plain, 'answer');
  return quantity ? evaluateFloat(quantity.value, { point: new Map(), plainLogBase: 10 }).value : Number.NaN;
}
