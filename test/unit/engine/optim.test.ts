import * as tf from '@tensorflow/tfjs-core';
import { clipFactor, createOptimizer } from '../../../src/engine/optim/create-optimizer.ts';
import { learningRateAt } from '../../../src/engine/optim/schedule.ts';
import { loadBackend } from '../../../src/engine/runtime/backend.ts';
import { createExecutor, type Engine } from '../../../src/engine/runtime/create-executor.ts';
import { selectTrainable } from '../../../src/engine/training/trainer.ts';
import { CorruptRecordError, DivergedError } from '../../../src/schema/errors.ts';

beforeAll(loadBackend);

const config = {
  name: 'adamw',
  options: { weightDecay: 0.1, beta1: 0.9, beta2: 0.95 },
  // Steps 0 to 3 have rates 0.01, 0.02, 0.03 and 0.04.
  learningRate: 0.04,
  schedule: 'constant' as const,
  warmupFraction: 1,
  maxGradNorm: 2,
};

const INITIAL = { w: [0.5, -1.25, 2.0, 0.125, 3.0, -0.75], b: [0.1, -0.2, 0.3] };

function aMatrixAndABias() {
  return new Map<string, tf.Variable>([
    ['w', tf.variable(tf.tensor2d(INITIAL.w, [2, 3]))],
    ['b', tf.variable(tf.tensor1d(INITIAL.b))],
  ]);
}

const gradientsOfStep = (t: number): Record<string, tf.Tensor> => ({
  w: tf.tensor2d(
    [0.4, -0.3, 1.5, 0, -2, 0.01].map((g) => g * (t + 1) * (-1) ** t),
    [2, 3],
  ),
  b: tf.tensor1d([0.7, -0.001, 0.2].map((g) => g * (t === 2 ? -3 : 1))),
});

/** An optimizer over some weights, and what feeds it with given gradients. */
function anOptimizer(engine: Engine, variables = aMatrixAndABias()) {
  const executor = createExecutor(engine);
  const weights = new Map([...variables].map(([name, variable]) => [name, executor.adopt(variable)]));
  const optimizer = createOptimizer(executor, weights, config, 4);
  const add = executor.define((gradients: Record<string, tf.Tensor>) => {
    optimizer.gradients.add(new Map(Object.entries(gradients)));
    return {};
  });
  const accumulate = (gradients: Record<string, tf.Tensor>) => () => {
    add(gradients);
    return { loss: 1, learned: Object.keys(gradients).sort() };
  };
  const weightOf = (name: string) => [...executor.read([weights.get(name)!])[0].data];
  return { optimizer, accumulate, weightOf };
}

function takeStep({ optimizer, accumulate, weightOf }: ReturnType<typeof anOptimizer>, t: number) {
  const { gradNorm } = optimizer.step(accumulate(gradientsOfStep(t)));
  return { norm: gradNorm, w: weightOf('w'), b: weightOf('b') };
}

function expectClose(actual: ArrayLike<number>, expected: number[], tolerance: number) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  });
}

describe.each<Engine>(['eager', 'traced'])('AdamW, %s', (engine) => {
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
    const trained = anOptimizer(engine);
    golden.forEach((expected, t) => {
      const actual = takeStep(trained, t);
      expectClose([actual.norm], [expected.norm], 1e-6);
      expectClose(actual.w, expected.w, 1e-6);
      expectClose(actual.b, expected.b, 1e-6);
    });
  });

  it('continues from restored state as if never interrupted', () => {
    const straight = anOptimizer(engine);
    const steps = [0, 1, 2, 3].map((t) => takeStep(straight, t));

    const first = anOptimizer(engine);
    takeStep(first, 0);
    takeStep(first, 1);
    const weights = new Map<string, tf.Variable>([
      ['w', tf.variable(tf.tensor2d(first.weightOf('w'), [2, 3]))],
      ['b', tf.variable(tf.tensor1d(first.weightOf('b')))],
    ]);
    const second = anOptimizer(engine, weights);
    second.optimizer.restore(first.optimizer.state(), first.optimizer.stepCount);
    expect([2, 3].map((t) => takeStep(second, t))).toEqual(steps.slice(2));
  });

  it('refuses the state of another model', () => {
    const { optimizer } = anOptimizer(engine);
    const foreign = anOptimizer(engine, new Map([['w', tf.variable(tf.zeros([2]))]]));
    expect(() => optimizer.restore(foreign.optimizer.state(), 1)).toThrow(CorruptRecordError);
  });

  it('leaves weights without a gradient alone, decay included, and forgets gradients it has used', () => {
    const { optimizer, accumulate, weightOf } = anOptimizer(engine);
    optimizer.step(accumulate({ b: tf.tensor1d([1, 1, 1]) }));
    expect(weightOf('w')).toEqual(INITIAL.w);
    expect(weightOf('b')).not.toEqual(INITIAL.b);
    expect(optimizer.gradients.norm(['b', 'w'])).toBe(0);
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

describe.each<Engine>(['eager', 'traced'])('a step over a loss of its weights, %s', (engine) => {
  const rows = [
    [1, 2],
    [3, -1],
    [0.5, 4],
    [-2, 1],
  ];

  /** An optimizer, and what runs a pass over batches of its rows. */
  function aLearner() {
    const variables = aMatrixAndABias();
    const executor = createExecutor(engine);
    const weights = new Map([...variables].map(([name, variable]) => [name, executor.adopt(variable)]));
    const optimizer = createOptimizer(executor, weights, config, 4);
    const differentiate = executor.define(({ x }: { x: tf.Tensor2D }) => {
      const { value, grads } = tf.variableGrads(() => {
        const y = tf.add(tf.matMul(x, variables.get('w') as tf.Tensor2D), variables.get('b')!);
        return tf.div(tf.sum(tf.square(y)), rows.length) as tf.Scalar;
      }, [...variables.values()]);
      optimizer.gradients.add(new Map([...variables].map(([name, weight]) => [name, grads[weight.name]])));
      return { value };
    });
    const lossOf = (batch: number[][]) => {
      const x = tf.tensor2d(batch);
      const { value } = differentiate({ x });
      const [loss] = value.dataSync();
      tf.dispose([x, value]);
      return loss;
    };
    const step = (...batches: number[][][]) =>
      optimizer.step(() => ({
        loss: batches.reduce((sum, batch) => sum + lossOf(batch), 0),
        learned: ['w', 'b'],
      }));
    const weightOf = (name: string) => [...executor.read([weights.get(name)!])[0].data];
    return { step, weightOf };
  }

  it('is the same over micro-batches as over the whole batch', () => {
    const [whole, parts] = [aLearner(), aLearner()];
    const wholeStep = whole.step(rows);
    const partsStep = parts.step(rows.slice(0, 1), rows.slice(1));
    expectClose([partsStep.result.loss, partsStep.gradNorm], [wholeStep.result.loss, wholeStep.gradNorm], 1e-6);
    expectClose(parts.weightOf('w'), whole.weightOf('w'), 1e-6);
  });

  it('leaks no tensors', () => {
    const { step } = aLearner();
    step(rows);
    const before = tf.memory().numTensors;
    step(rows, rows);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops on a loss that is not finite, keeps the weights and can go on', () => {
    const { step, weightOf } = aLearner();
    expect(() => step([[Infinity, 1]])).toThrow(DivergedError);
    expect(weightOf('w')).toEqual(INITIAL.w);
    expect(step(rows).result.loss).toBeGreaterThan(0);
  });
});

describe('selectTrainable', () => {
  const names = ['tower.norm.weight', 'model.norm.weight'];
  const model = {
    weights: new Map(names.map((name) => [name, {} as tf.Variable])),
    isVisionWeight: (name: string) => name.startsWith('tower.'),
  };

  it('leaves the whole vision tower out when it is frozen', () => {
    expect([...selectTrainable(model, true).keys()]).toEqual(['model.norm.weight']);
    expect(selectTrainable(model, false).size).toBe(2);
  });
});
