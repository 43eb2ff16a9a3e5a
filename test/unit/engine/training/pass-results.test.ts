import { flattenValues, sumPasses } from '../../../../src/engine/training/pass-results.ts';

const aResult = (loss: number, learned: string[], logprobs: number[], advantages: number[]) => ({
  loss,
  learned,
  logprobs: Float32Array.from(logprobs),
  entropies: Float32Array.from(logprobs, (logprob) => -logprob),
  tokens: 3 * logprobs.length,
  paddedTokens: 4 * logprobs.length,
  values: { advantages: Float32Array.from(advantages) },
});

describe('the passes over a batch', () => {
  it('add up, and lay their tokens out one after another', () => {
    const results = [aResult(1, ['w'], [-1, -2], [1, 1]), aResult(0.5, ['w', 'b'], [-4], [-1])];
    expect(sumPasses<{ advantages: unknown }>(results)).toEqual({
      loss: 1.5,
      learned: ['b', 'w'],
      paddingFraction: 0.25,
      tokens: { policy: Float32Array.of(-1, -2, -4), advantages: Float32Array.of(1, 1, -1) },
      entropies: Float32Array.of(1, 2, 4),
    });
  });

  it('are told what their sequences bring, and the log-probabilities of the reference where there is one', () => {
    const prompt = { tokenIds: [1], images: [] };
    const sequences = [
      { prompt, completionIds: [5, 6], values: { sampling: [-1, -2] } },
      { prompt, completionIds: [7], values: { sampling: [-3] } },
    ];
    const reference = Float32Array.of(-4, -5, -6);
    expect(flattenValues(sequences, undefined)).toEqual({ sampling: Float32Array.of(-1, -2, -3) });
    expect(flattenValues(sequences, reference)).toEqual({ sampling: Float32Array.of(-1, -2, -3), reference });
    expect(flattenValues([{ prompt, completionIds: [5] }], undefined)).toEqual({});
  });
});
