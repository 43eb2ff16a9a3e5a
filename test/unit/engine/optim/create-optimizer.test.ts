import * as tf from '@tensorflow/tfjs-core';
import { clipFactor } from '../../../../src/engine/optim/create-optimizer.ts';
import type { OptimizerRule } from '../../../../src/engine/optim/optimizer.ts';
import { learningRateAt } from '../../../../src/engine/optim/schedule.ts';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import type { Engine } from '../../../../src/engine/runtime/create-executor.ts';
import { selectTrainable } from '../../../../src/engine/training/trainer.ts';
import { CorruptRecordError, DivergedError } from '../../../../src/schema/errors.ts';
import { toNative } from '../../../support/model-files.ts';
import { ADAMW, anOptimizer, expectClose, INITIAL } from '../../../support/optimizer.ts';

beforeAll(loadBackend);

describe.each<Engine>(['eager', 'traced'])('an optimizer, %s', (engine) => {
  it('refuses the state of another model', () => {
    const { optimizer } = anOptimizer(engine);
    const foreign = anOptimizer(engine, ADAMW, new Map([['w', tf.variable(tf.zeros([2]))]]));
    expect(() => optimizer.restore(toNative(foreign.optimizer.state()), 1)).toThrow(CorruptRecordError);
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
  function aLearner(rule = ADAMW) {
    const { variables, executor, optimizer, weightOf } = anOptimizer(engine, rule);
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
    return { step, lossOf, weightOf };
  }

  it('is the same over micro-batches as over the whole batch', () => {
    const [whole, parts] = [aLearner(), aLearner()];
    const wholeStep = whole.step(rows);
    const partsStep = parts.step(rows.slice(0, 1), rows.slice(1));
    expectClose([partsStep.result.loss, partsStep.gradNorm], [wholeStep.result.loss, wholeStep.gradNorm]);
    expectClose(parts.weightOf('w'), whole.weightOf('w'));
  });

  it('leaks no tensors', () => {
    const { step } = aLearner();
    step(rows);
    const before = tf.memory().numTensors;
    step(rows, rows);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([Infinity, NaN])('skips a step over a batch with %d, and goes on as if it had never been', (value) => {
    const [disturbed, undisturbed] = [aLearner(), aLearner()];
    const first = disturbed.step(rows);
    expect(disturbed.step([[value, 1]]).outcome).toBe('skipped');
    expect([undisturbed.step(rows), first].map(({ outcome }) => outcome)).toEqual(['applied', 'applied']);
    expect(disturbed.weightOf('w')).toEqual(undisturbed.weightOf('w'));
    expect(disturbed.step(rows)).toEqual(undisturbed.step(rows));
    expect(disturbed.weightOf('w')).toEqual(undisturbed.weightOf('w'));
  });
});

/** Sharpness-aware minimisation (arXiv 2010.01412) with gradient descent, radius 0.05: two passes a step. */
const SAM: OptimizerRule = {
  slots: ['climb'],
  moves: [
    (weight, gradient, { climb }, { gradientNorm }) => {
      climb.assign(tf.mul(tf.div(gradient, gradientNorm), 0.05));
      weight.assignAdd(climb.value());
    },
    (weight, gradient, { climb }, { learningRate }) => {
      weight.assign(tf.sub(tf.sub(weight.value(), climb.value()), tf.mul(learningRate, gradient)));
    },
  ],
};

it.each<Engine>(['eager', 'traced'])(
  'a rule of two moves climbs, and descends by the gradient found there, %s',
  (engine) => {
    const slope = [3, -4, 12];
    const executed: number[][] = [];
    const { executor, variables, optimizer, weightOf } = anOptimizer(engine, SAM);
    // The loss is sum(slope b^2 / 2), whose gradient is slope b.
    const run = executor.define((_: object) => {
      const gradient = tf.mul(variables.get('b')!, slope);
      optimizer.gradients.add(new Map([['b', gradient]]));
      return { gradient };
    });
    const { gradNorm } = optimizer.step(() => {
      const gradient = [...run({}).gradient.dataSync()];
      executed.push(gradient);
      return { loss: executed.length, learned: ['b'] };
    });

    const norm = (values: number[]) => Math.hypot(...values);
    const first = INITIAL.b.map((b, i) => slope[i] * b);
    const climbed = INITIAL.b.map((b, i) => b + (0.05 * first[i]) / norm(first));
    const second = climbed.map((b, i) => slope[i] * b);
    expectClose(executed[0], first);
    expectClose(executed[1], second);
    expectClose([gradNorm], [norm(second)]);
    const clip = Math.min(1, 2 / norm(second));
    expectClose(
      weightOf('b'),
      INITIAL.b.map((b, i) => b - 0.01 * clip * second[i]),
    );
  },
);

it('a rule of two moves that has made the first cannot skip the second', () => {
  const { optimizer, accumulate } = anOptimizer('eager', SAM);
  const passes = [tf.tensor1d([1, 1, 1]), tf.tensor1d([1, NaN, 1])].map((b) => accumulate({ b }));
  expect(() => optimizer.step(() => passes.shift()!())).toThrow(DivergedError);
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
