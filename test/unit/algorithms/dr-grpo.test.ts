import * as tf from '@tensorflow/tfjs-core';
import { drGrpo } from '../../../src/algorithms/dr-grpo.ts';
import { loadBackend } from '../../../src/engine/runtime/backend.ts';
import { aScoredGroup } from '../../support/factories.ts';
import { tokens } from './tokens.ts';

beforeAll(loadBackend);

const learner = drGrpo.create(drGrpo.options.parse({}), { maxNewTokens: 8 });

/** Four responses of 2, 3, 1 and 2 tokens. */
const LENGTHS = [2, 3, 1, 2];
const REWARDS = [1, 0.1, 0, 0.9];

// scripts/golden/dr_grpo.py, torch 2.15 in float64.
describe('Dr.GRPO', () => {
  it('has rewards less their mean as advantages, of groups that are partly correct', () => {
    const groups = [REWARDS, [1, 1, 0, 1], [1, 1, 0.9, 1], [0.1, 0, 0, 0]].map((rewards) => aScoredGroup(rewards));
    const advantages = learner.teach(groups).map(({ advantage }) => advantage);
    const expected = [0.5, -0.4, -0.5, 0.4, 0.25, 0.25, -0.75, 0.25];
    expect(advantages).toHaveLength(expected.length);
    advantages.forEach((advantage, i) => {
      expect(advantage).toBeCloseTo(expected[i], 9);
    });
  });

  it('has the loss and gradient of PyTorch: the sum over sequences times the most tokens one may have', () => {
    const normalizer = learner.normalizer({ sequences: 4, tokens: 8 });
    expect(normalizer).toBe(32);
    const advantages = LENGTHS.flatMap((length, i) => Array<number>(length).fill([0.5, -0.4, -0.5, 0.4][i]));
    const lossOf = (policy: tf.Tensor1D) => {
      const told = { sampling: tf.tensor1d(tokens.sampling), advantages: tf.tensor1d(advantages) };
      return tf.div(tf.sum(learner.tokenLoss({ policy, ...told })), normalizer);
    };
    const { value, grad } = tf.valueAndGrad((x) => lossOf(x as tf.Tensor1D))(tf.tensor1d(tokens.policy));
    expect(value.dataSync()[0]).toBeCloseTo(0.04900879385494194, 7);
    const expected = [-0.015625, 0, 0, 0.0278192616, 0, 0, 0, -0.0113104677];
    [...grad.dataSync()].forEach((g, n) => {
      expect(g).toBeCloseTo(expected[n], 8);
    });
  });

  it('needs no reference', () => expect(learner.needsReference).toBe(false));
});
