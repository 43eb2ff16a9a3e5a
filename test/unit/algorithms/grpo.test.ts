import * as tf from '@tensorflow/tfjs-core';
import { grpo } from '../../../src/algorithms/grpo.ts';
import { loadBackend } from '../../../src/engine/runtime/backend.ts';
import { aScoredGroup } from '../../support/factories.ts';
import { tokens } from './tokens.ts';

beforeAll(loadBackend);

const learnerOf = (klCoefficient: number) => grpo.create(grpo.options.parse({ klCoefficient }), { maxNewTokens: 8 });

function lossOf(policyLogprobs_N: tf.Tensor, klCoefficient: number): tf.Scalar {
  const learner = learnerOf(klCoefficient);
  const loss_N = learner.tokenLoss({
    policy: policyLogprobs_N as tf.Tensor1D,
    sampling: tf.tensor1d(tokens.sampling),
    advantages: tf.tensor1d(tokens.advantages),
    ...(klCoefficient > 0 && { reference: tf.tensor1d(tokens.reference) }),
  });
  return tf.div(tf.sum(loss_N), learner.normalizer({ sequences: 3, tokens: 10 }));
}

describe('the loss of GRPO', () => {
  // PyTorch 2.15 in float64, written with max, clamp and min as the docstring has it.
  it.each([
    [0, 0.20804658845370055, [-0.12, 0, -0.072783679, 0.178043274, 0, 0, 0, 0.072386993]],
    [0.1, 4851651.967724001, [-0.119048374, -0.001051709, -0.068848986, 0.178043274, -0.017182818, 0, 0, 0.080155692]],
  ])(
    'with KL coefficient %d has the value and gradient of PyTorch',
    (klCoefficient, expectedLoss, expectedGradient) => {
      const { value, grad } = tf.valueAndGrad((x) => lossOf(x, klCoefficient))(tf.tensor1d(tokens.policy));
      expect(value.dataSync()[0] / expectedLoss).toBeCloseTo(1, 6);
      [...grad.dataSync()].forEach((g, n) => {
        expect(g).toBeCloseTo(expectedGradient[n], 6);
      });
    },
  );

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
    const surrogates = (told: { sampling: number[]; old?: number[] }) =>
      tokens.policy.map((_, n) => {
        const one = (values: number[]) => tf.tensor1d([values[n]]);
        const loss = (x: tf.Tensor) =>
          learnerOf(0).tokenLoss({
            policy: x as tf.Tensor1D,
            sampling: one(told.sampling),
            ...(told.old && { old: one(told.old) }),
            advantages: one(tokens.advantages),
          });
        const { value, grad } = tf.valueAndGrad(loss)(one(tokens.policy));
        return [value.dataSync()[0], grad.dataSync()[0]];
      });
    const [weighted, plain] = [surrogates({ sampling: tokens.sampling, old }), surrogates({ sampling: old })];
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

describe('GRPO', () => {
  it('learns from groups that are partly correct, each trajectory by how far it is from its group', () => {
    const groups = [
      [1, 0.1, 0.1, 0.9],
      [1, 1],
      [0.1, 0],
    ].map(aScoredGroup);
    const lessons = learnerOf(0).teach(groups);
    expect(lessons.map(({ trajectory }) => trajectory.trajectoryIndex)).toEqual([0, 1, 2, 3]);
    const expected = [0.96457696, -0.86304247, -0.86304247, 0.76150811];
    lessons.forEach(({ advantage }, i) => {
      expect(advantage).toBeCloseTo(expected[i], 5);
    });
  });

  it.each([
    [0, false],
    [0.1, true],
  ])('with KL coefficient %d needs the reference: %s', (klCoefficient, needsReference) => {
    expect(learnerOf(klCoefficient).needsReference).toBe(needsReference);
  });
});
