import * as tf from '@tensorflow/tfjs-core';
import { computeGroupAdvantages, hasAccuracyVariance } from '../../../src/engine/losses/advantages.ts';
import { grpoLoss } from '../../../src/engine/losses/grpo-loss.ts';
import { sumGrpoMetrics } from '../../../src/engine/losses/grpo-metrics.ts';
import { sftLoss } from '../../../src/engine/losses/sft-loss.ts';
import { loadBackend } from '../../../src/engine/runtime/backend.ts';

beforeAll(loadBackend);

describe('computeGroupAdvantages', () => {
  it.each([
    ['std', [1, 0.1, 0.1, 0.9], [0.96457696, -0.86304247, -0.86304247, 0.76150811]],
    ['none', [1, 0.1, 0.1, 0.9], [0.475, -0.425, -0.425, 0.375]],
    ['std', [0.5, 0.5], [0, 0]],
    ['std', [0.7], [0.7]],
  ] as const)('%s of %j', (normalization, rewards, expected) => {
    computeGroupAdvantages(rewards, normalization).forEach((advantage, i) => {
      expect(advantage).toBeCloseTo(expected[i], 5);
    });
  });

  it('keeps only groups that are partly correct', () => {
    expect([[true, false], [true, true], [false, false], []].map(hasAccuracyVariance)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

/** Every branch: on policy, past either clip with either sign, dual clip, clamped log-ratio. */
const tokens = {
  policy: [-1.0, -0.5, -2.0, -0.1, -3.0, -0.7, -25.0, -1.5],
  sampling: [-1.0, -1.0, -1.5, -0.9, -1.0, -2.2, -1.0, -1.4],
  advantages: [1.2, 1.2, 1.2, -0.8, -0.8, -0.8, 0.5, -0.8],
  reference: [-1.1, -0.4, -2.5, -0.1, -2.0, -0.7, -1.0, -3.0],
};
const clip = { clipRatioLow: 0.2, clipRatioHigh: 0.28 };

function lossOf(policyLogprobs_N: tf.Tensor, klCoefficient: number): tf.Scalar {
  return grpoLoss({
    ...clip,
    policyLogprobs_N: policyLogprobs_N as tf.Tensor1D,
    samplingLogprobs_N: tf.tensor1d(tokens.sampling),
    advantages_N: tf.tensor1d(tokens.advantages),
    referenceLogprobs_N: klCoefficient > 0 ? tf.tensor1d(tokens.reference) : undefined,
    klCoefficient,
    tokenCount: 10,
  });
}

describe('grpoLoss', () => {
  // PyTorch 2.15 in float64, written with max, clamp and min as the docstring has it.
  it.each([
    [0, 0.20804658845370055, [-0.12, 0, -0.072783679, 0.178043274, 0, 0, 0, 0.072386993]],
    [0.1, 4851651.967724001, [-0.119048374, -0.001051709, -0.068848986, 0.178043274, -0.017182818, 0, 0, 0.080155692]],
  ])('with KL coefficient %d has the loss and gradient of PyTorch', (klCoefficient, expectedLoss, expectedGradient) => {
    const { value, grad } = tf.valueAndGrad((x) => lossOf(x, klCoefficient))(tf.tensor1d(tokens.policy));
    expect(value.dataSync()[0] / expectedLoss).toBeCloseTo(1, 6);
    [...grad.dataSync()].forEach((g, n) => {
      expect(g).toBeCloseTo(expectedGradient[n], 6);
    });
  });

  it('has the gradient its own finite differences have', () => {
    const policy = tokens.policy.slice(0, 6).concat(-1.2, -1.5);
    const gradient = tf
      .grad((x) => lossOf(x, 0.1))(tf.tensor1d(policy))
      .dataSync();
    const step = 1e-2;
    const lossAt = (n: number, shift: number) =>
      lossOf(tf.tensor1d(policy.map((value, i) => (i === n ? value + shift : value))), 0.1).dataSync()[0];
    policy.forEach((_, n) => {
      expect((lossAt(n, step) - lossAt(n, -step)) / (2 * step)).toBeCloseTo(gradient[n], 4);
    });
  });

  it('weighs each token by how much likelier the old policy found it than the sampler, twice at most', () => {
    const old = [-1.0, -0.9, -1.9, -0.9, -0.2, -2.2, -1.5, -1.4];
    const importance = [1, Math.exp(0.1), Math.exp(-0.4), 1, 2, 1, Math.exp(-0.5), 1];
    const surrogates = (fields: object) =>
      tokens.policy.map((_, n) => {
        const one = (values: number[]) => tf.tensor1d([values[n]]);
        const loss = (x: tf.Tensor) =>
          grpoLoss({
            ...clip,
            policyLogprobs_N: x as tf.Tensor1D,
            samplingLogprobs_N: one(old),
            advantages_N: one(tokens.advantages),
            klCoefficient: 0,
            tokenCount: 1,
            ...('old' in fields && { samplingLogprobs_N: one(tokens.sampling), oldLogprobs_N: one(old) }),
          });
        const { value, grad } = tf.valueAndGrad(loss)(one(tokens.policy));
        return [value.dataSync()[0], grad.dataSync()[0]];
      });
    const [weighted, plain] = [surrogates({ old }), surrogates({})];
    weighted.forEach((pair, n) => {
      pair.forEach((value, i) => {
        expect(value).toBeCloseTo(importance[n] * plain[n][i], 5);
      });
    });
  });

  it('leaks no tensors', () => {
    const policy_N = tf.tensor1d(tokens.policy);
    const before = tf.memory().numTensors;
    tf.tidy(() => lossOf(policy_N, 0.1).dataSync());
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('sumGrpoMetrics', () => {
  it('counts clipped tokens and estimates the divergence', () => {
    const sums = sumGrpoMetrics(tokens.policy, tokens.sampling, tokens.advantages, clip);
    expect(sums.clippedTokens).toBe(2);
    expect(sums.approximateKl).toBeCloseTo(26.80265463, 6);
  });

  it('is zero on policy', () => {
    expect(sumGrpoMetrics(tokens.policy, tokens.policy, tokens.advantages, clip)).toEqual({
      clippedTokens: 0,
      approximateKl: 0,
    });
  });
});

describe('sftLoss', () => {
  it('is the mean over the tokens of the whole batch, and so is its gradient', () => {
    const { value, grad } = tf.valueAndGrad((x) => sftLoss(x as tf.Tensor1D, 4))(tf.tensor1d([-1, -3]));
    expect(value.dataSync()[0]).toBe(1);
    expect([...grad.dataSync()]).toEqual([-0.25, -0.25]);
  });
});
