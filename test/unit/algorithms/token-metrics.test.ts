import { sumMoves } from '../../../src/algorithms/token-metrics.ts';
import { tokens } from './tokens.ts';

const clip = { clipRatioLow: 0.2, clipRatioHigh: 0.28 };

describe('sumMoves', () => {
  it('counts clipped tokens and estimates the divergence', () => {
    const sums = sumMoves(tokens.policy, tokens.sampling, tokens.advantages, clip);
    expect(sums.clippedTokens).toBe(2);
    expect(sums.approximateKl).toBeCloseTo(26.80265463, 6);
  });

  it('is zero on policy', () => {
    expect(sumMoves(tokens.policy, tokens.policy, tokens.advantages, clip)).toEqual({
      clippedTokens: 0,
      approximateKl: 0,
    });
  });
});
