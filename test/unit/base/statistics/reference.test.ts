import { readFileSync } from 'node:fs';
import { createRandom } from '../../../../src/base/random.ts';
import { bootstrapMean } from '../../../../src/base/statistics/bootstrap.ts';
import { adjustHolm } from '../../../../src/base/statistics/holm.ts';
import { computeMcNemarP } from '../../../../src/base/statistics/mcnemar.ts';
import { estimatePassAtK } from '../../../../src/base/statistics/pass-at-k.ts';
import { computeSignFlipP } from '../../../../src/base/statistics/sign-flip.ts';
import { computeWilsonInterval } from '../../../../src/base/statistics/wilson.ts';

interface Reference {
  wilson: [number, number, number, number][];
  mcnemar: [number, number, number][];
  holm: { p: number[]; adjusted: number[] }[];
  bootstrap: { values: number[]; draws: number[]; low: number; high: number }[];
  signFlip: { differences: number[]; p: number }[];
  passAtK: [number, number, number, number][];
}

/** Values of scipy and statsmodels: scripts/statistics/reference.py. */
const reference: Reference = JSON.parse(readFileSync('test/fixtures/statistics/reference.json', 'utf8'));

describe('statistics, as scipy and statsmodels have them', () => {
  it.each(reference.wilson)('Wilson interval of %i in %i', (correct, n, low, high) => {
    const interval = computeWilsonInterval(correct, n);
    expect(interval.low).toBeCloseTo(low, 12);
    expect(interval.high).toBeCloseTo(high, 12);
  });

  it.each(reference.mcnemar)('McNemar of %i against %i', (gained, lost, p) =>
    expect(computeMcNemarP(gained, lost)).toBeCloseTo(p, 12),
  );

  it.each(reference.holm)('Holm of $p', ({ p, adjusted }) => {
    for (const [index, value] of adjustHolm(p).entries()) expect(value).toBeCloseTo(adjusted[index], 12);
  });

  it.each(reference.bootstrap)('bootstrap of $values, on the same draws', ({ values, draws, low, high }) => {
    let at = 0;
    const estimate = bootstrapMean(values, { int: () => draws[at++] }, draws.length / values.length);
    expect(at).toBe(draws.length);
    expect(estimate.low).toBeCloseTo(low, 12);
    expect(estimate.high).toBeCloseTo(high, 12);
  });

  it.each(reference.signFlip)('signs flipped of $differences', ({ differences, p }) =>
    expect(computeSignFlipP(differences, createRandom(1))).toBeCloseTo(p, 12),
  );

  it.each(reference.passAtK)('pass of %i answers, %i right, at %i', (n, c, k, expected) =>
    expect(estimatePassAtK(n, c, k)).toBeCloseTo(expected, 12),
  );
});

describe('statistics at their limits', () => {
  it('say nothing of nothing', () => {
    expect(bootstrapMean([], createRandom(1))).toEqual({ mean: 0, low: 0, high: 0 });
    expect(computeSignFlipP([0, 0], createRandom(1))).toBe(1);
    expect(adjustHolm([])).toEqual([]);
  });

  it('draw what the seed says, near the exact value', () => {
    const differences = Array.from({ length: 40 }, (_, index) => (index < 26 ? 1 : -1));
    const drawn = computeSignFlipP(differences, createRandom(3));
    expect(drawn).toBe(computeSignFlipP(differences, createRandom(3)));
    expect(Math.abs(drawn - computeMcNemarP(26, 14))).toBeLessThan(0.015);
  });
});
