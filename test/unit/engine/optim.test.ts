import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../../../src/engine/backend.ts';
import { createAdamW } from '../../../src/engine/optim/adamw.ts';
import { clipFactor, globalNorm } from '../../../src/engine/optim/global-norm.ts';
import { learningRateAt } from '../../../src/engine/optim/schedule.ts';
import { createTrainer, selectTrainable } from '../../../src/engine/train-step.ts';
import { CorruptRecordError, DivergedError } from '../../../src/schema/errors.ts';
import { differentiate } from '../../support/differentiate.ts';

beforeAll(loadBackend);

const config = {
  learningRate: 0.01,
  schedule: 'constant' as const,
  warmupFraction: 0,
  weightDecay: 0.1,
  beta1: 0.9,
  beta2: 0.95,
  maxGradNorm: 2,
};

function aMatrixAndABias() {
  return new Map<string, tf.Variable>([
    ['w', tf.variable(tf.tensor2d([0.5, -1.25, 2.0, 0.125, 3.0, -0.75], [2, 3]))],
    ['b', tf.variable(tf.tensor1d([0.1, -0.2, 0.3]))],
  ]);
}

const gradientsOfStep = (t: number) =>
  new Map([
    ['w', Float32Array.of(0.4, -0.3, 1.5, 0, -2, 0.01).map((g) => g * (t + 1) * (-1) ** t)],
    ['b', Float32Array.of(0.7, -0.001, 0.2).map((g) => g * (t === 2 ? -3 : 1))],
  ]);

function takeStep(variables: Map<string, tf.Variable>, optimizer: ReturnType<typeof createAdamW>, t: number) {
  const gradients = gradientsOfStep(t);
  const norm = globalNorm(gradients);
  optimizer.step(gradients, 0.01 * (t + 1), clipFactor(norm, config.maxGradNorm));
  return { norm, w: [...variables.get('w')!.dataSync()], b: [...variables.get('b')!.dataSync()] };
}

function expectClose(actual: ArrayLike<number>, expected: number[], tolerance: number) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  });
}

describe('AdamW', () => {
  it('equals torch.optim.AdamW with clip_grad_norm_ over four steps, without decay on the bias', () => {
    // torch 2.15: weight_decay 0.1 on w and 0 on b, lr 0.01 (t + 1), betas (0.9, 0.95), max norm 2.
    const golden = [
      {
        norm: 2.65143371,
        w: [0.489500016, -1.23874998, 1.98800004, 0.124875002, 3.00699997, -0.759249985],
        b: [0.0900000036, -0.190000132, 0.290000021],
      },
      {
        norm: 5.15076685,
        w: [0.489864022, -1.23761547, 1.98536706, 0.124625258, 2.99964309, -0.756388485],
        b: [0.0711334348, -0.171133876, 0.271133453],
      },
      {
        norm: 7.95430137,
        w: [0.478710979, -1.22421908, 1.9697274, 0.124251381, 3.00032735, -0.763802707],
        b: [0.067652151, -0.167652652, 0.267652184],
      },
      {
        norm: 10.2240696,
        w: [0.47956562, -1.22209167, 1.96461797, 0.123754375, 2.9855566, -0.757977962],
        b: [0.0598660409, -0.159866676, 0.259866089],
      },
    ];
    const variables = aMatrixAndABias();
    const optimizer = createAdamW(variables, config);
    golden.forEach((expected, t) => {
      const actual = takeStep(variables, optimizer, t);
      expectClose([actual.norm], [expected.norm], 1e-6);
      expectClose(actual.w, expected.w, 3e-7);
      expectClose(actual.b, expected.b, 3e-7);
    });
  });

  it('continues from restored state as if never interrupted', () => {
    const straight = aMatrixAndABias();
    const optimizer = createAdamW(straight, config);
    const steps = [0, 1, 2, 3].map((t) => takeStep(straight, optimizer, t));

    const resumed = aMatrixAndABias();
    const first = createAdamW(resumed, config);
    takeStep(resumed, first, 0);
    takeStep(resumed, first, 1);
    const second = createAdamW(resumed, config);
    second.restore(first.state(), first.stepCount);
    expect([2, 3].map((t) => takeStep(resumed, second, t))).toEqual(steps.slice(2));
  });

  it('refuses the state of another model', () => {
    const optimizer = createAdamW(aMatrixAndABias(), config);
    const foreign = createAdamW(new Map([['w', tf.variable(tf.zeros([2]))]]), config);
    expect(() => optimizer.restore(foreign.state(), 1)).toThrow(CorruptRecordError);
  });

  it('leaves weights without a gradient alone, decay included', () => {
    const variables = aMatrixAndABias();
    createAdamW(variables, config).step(new Map([['b', Float32Array.of(1, 1, 1)]]), 0.1);
    expect([...variables.get('w')!.dataSync()]).toEqual([0.5, -1.25, 2.0, 0.125, 3.0, -0.75]);
  });
});

describe('learningRateAt', () => {
  it.each([
    ['constant', 0, [1, 1, 1, 1, 1]],
    ['constant', 0.4, [0.5, 1, 1, 1, 1]],
    ['cosine', 0, [1, 0.9045084972, 0.6545084972, 0.3454915028, 0.0954915028]],
    ['cosine', 0.2, [1, 1, 0.8535533906, 0.5, 0.1464466094]],
  ] as const)('%s after a warm-up of %d', (schedule, warmupFraction, expected) => {
    const rates = [0, 1, 2, 3, 4].map((step) => learningRateAt(step, 5, { learningRate: 1, schedule, warmupFraction }));
    expectClose(rates, [...expected], 1e-9);
    expect(learningRateAt(9, 5, { learningRate: 1, schedule, warmupFraction })).toBe(rates[4]);
  });
});

describe('clipFactor', () => {
  it('scales only what is over the norm', () => {
    expect(clipFactor(0.5, 1)).toBe(1);
    expect(clipFactor(4, 1)).toBeCloseTo(0.25, 6);
  });
});

describe('createTrainer', () => {
  const rows = [
    [1, 2],
    [3, -1],
    [0.5, 4],
    [-2, 1],
  ];

  function aLoss(variables: Map<string, tf.Variable>, batch: number[][]) {
    return differentiate(variables, () =>
      tf.tidy(() => {
        const y = tf.add(tf.matMul(tf.tensor2d(batch), variables.get('w') as tf.Tensor2D), variables.get('b')!);
        return tf.div(tf.sum(tf.square(y)), rows.length) as tf.Scalar;
      }),
    );
  }

  it('takes the same step over micro-batches as over the whole batch', () => {
    const [whole, parts] = [aMatrixAndABias(), aMatrixAndABias()];
    const wholeResult = createTrainer(whole, config, 10).step([aLoss(whole, rows)]);
    const partsResult = createTrainer(parts, config, 10).step([
      aLoss(parts, rows.slice(0, 1)),
      aLoss(parts, rows.slice(1)),
    ]);
    expectClose([partsResult.loss, partsResult.gradNorm], [wholeResult.loss, wholeResult.gradNorm], 1e-6);
    expectClose(parts.get('w')!.dataSync(), [...whole.get('w')!.dataSync()], 1e-6);
  });

  it('leaks no tensors', () => {
    const variables = aMatrixAndABias();
    const trainer = createTrainer(variables, config, 10);
    trainer.step([aLoss(variables, rows)]);
    const before = tf.memory().numTensors;
    trainer.step([aLoss(variables, rows), aLoss(variables, rows)]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops on a loss that is not finite and keeps the weights', () => {
    const variables = aMatrixAndABias();
    const before = [...variables.get('w')!.dataSync()];
    const trainer = createTrainer(variables, config, 10);
    expect(() => trainer.step([aLoss(variables, [[Infinity, 1]])])).toThrow(DivergedError);
    expect([...variables.get('w')!.dataSync()]).toEqual(before);
  });
});

describe('selectTrainable', () => {
  const weights = new Map(['visual.merger.ln_q.weight', 'model.norm.weight'].map((name) => [name, {} as tf.Variable]));

  it('leaves the whole vision tower out when it is frozen', () => {
    expect([...selectTrainable(weights, true).keys()]).toEqual(['model.norm.weight']);
    expect(selectTrainable(weights, false).size).toBe(2);
  });
});
