import type { Comparison } from './equivalence.ts';

const FIGURE = /^(△|∠|triangle|angle)\s*([A-Z])\s*([A-Z])\s*([A-Z])$/i;

/**
 * Compares two triangles or two angles by their corners: those of a triangle in any order, those of an angle from either
 * side. Undefined for all else: in `ABD` alone the order may count.
 */
export function compareFigures(answer: string, gold: string): Comparison | undefined {
  const a = FIGURE.exec(answer);
  const b = a && FIGURE.exec(gold);
  if (!a || !b) return undefined;
  const isTriangle = (kind: string) => /^(?:△|t)/i.test(kind);
  if (isTriangle(a[1]) !== isTriangle(b[1])) return 'different';
  const [given, wanted] = [a.slice(2), b.slice(2)].map((corners) => corners.join('').toUpperCase());
  if (isTriangle(a[1])) return sorted(given) === sorted(wanted) ? 'equal' : 'different';
  return given === wanted || [...given].reverse().join('') === wanted ? 'equal' : 'different';
}

const sorted = (corners: string) => [...corners].sort().join('');
