import * as tf from '@tensorflow/tfjs-core';
import { createOptimizer } from '../../src/engine/optim/create-optimizer.ts';
import { createRule } from '../../src/engine/optim/index.ts';
import type { OptimizerRule } from '../../src/engine/optim/optimizer.ts';
import { createExecutor, type Engine } from '../../src/engine/runtime/create-executor.ts';
import { toNative } from './model-files.ts';

export const INITIAL = { w: [0.5, -1.25, 2.0, 0.125, 3.0, -0.75], b: [0.1, -0.2, 0.3] };

/** Rates 0.01, 0.02, 0.03 and 0.04 in steps 0 to 3. */
const SETTINGS = {
  learningRate: 0.04,
  schedule: 'constant' as const,
  warmupFraction: 1,
  maxGradNorm: 2,
  totalSteps: 4,
};

export const ADAMW = createRule('optimizer', {
  name: 'adamw',
  options: { weightDecay: 0.1, beta1: 0.9, beta2: 0.95 },
});

export function aMatrixAndABias({ w, b } = INITIAL) {
  return new Map<string, tf.Variable>([
    ['w', tf.variable(tf.tensor2d(w, [2, 3]))],
    ['b', tf.variable(tf.tensor1d(b))],
  ]);
}

/** Of a matrix and a bias, as the scripts of golden values have them. */
export const gradientsOfStep = (t: number): Record<string, tf.Tensor> => ({
  w: tf.tensor2d(
    [0.4, -0.3, 1.5, 0, -2, 0.01].map((g) => g * (t + 1) * (-1) ** t),
    [2, 3],
  ),
  b: tf.tensor1d([0.7, -0.001, 0.2].map((g) => g * (t === 2 ? -3 : 1))),
});

/** An optimizer over some weights, with the executor that holds them. */
export function anOptimizer(engine: Engine, rule: OptimizerRule = ADAMW, variables = aMatrixAndABias()) {
  const executor = createExecutor(engine);
  const weights = new Map([...variables].map(([name, variable]) => [name, executor.adopt(variable)]));
  const optimizer = createOptimizer(executor, weights, rule, SETTINGS);
  const add = executor.define((gradients: Record<string, tf.Tensor>) => {
    optimizer.gradients.add(new Map(Object.entries(gradients)));
    return {};
  });
  return {
    executor,
    variables,
    optimizer,
    /** What accumulates given gradients. */
    accumulate: (gradients: Record<string, tf.Tensor>) => () => {
      add(gradients);
      return { loss: 1, learned: Object.keys(gradients).sort() };
    },
    weightOf: (name: string) => [...executor.read([weights.get(name)!])[0].data],
  };
}

/** Takes a step with the gradients of its number. */
export function takeStep({ optimizer, accumulate, weightOf }: ReturnType<typeof anOptimizer>, t: number) {
  const { gradNorm } = optimizer.step(accumulate(gradientsOfStep(t)));
  return { norm: gradNorm, w: weightOf('w'), b: weightOf('b') };
}

/** Takes two steps, and two more with an optimizer that was restored from what the first has left. */
export function takeStepsWithBreak(engine: Engine, rule: OptimizerRule) {
  const first = anOptimizer(engine, rule);
  const steps = [0, 1].map((t) => takeStep(first, t));
  const second = anOptimizer(engine, rule, aMatrixAndABias({ w: first.weightOf('w'), b: first.weightOf('b') }));
  second.optimizer.restore(toNative(first.optimizer.state()), first.optimizer.stepCount);
  return [...steps, ...[2, 3].map((t) => takeStep(second, t))];
}

/** Within a tolerance, relative where values are over 1. */
export function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = 1e-6) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  });
}
