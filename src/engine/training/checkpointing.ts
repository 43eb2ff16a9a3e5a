import * as tf from '@tensorflow/tfjs-core';
import type { RunSegment } from '../models/vision-language-model.ts';
import type { GradientBuffer } from '../optim/gradient-buffer.ts';
import type { Executor } from '../runtime/executor.ts';

/** Functions whose insides are computed again when the backward pass comes to them, so that only their inputs are kept. */
export interface Checkpointing {
  run: RunSegment;
  /**
   * What each segment depends on, so that the backward pass visits it: to be among what a loss is differentiated by. Its own
   * gradient says nothing.
   */
  anchor: tf.Variable;
  /** Names of weights whose gradients are in the buffer already. */
  learned: ReadonlySet<string>;
  /** Says that a weight's gradient is in the buffer. */
  noteLearned(name: string): void;
}

/**
 * Gradient checkpointing (Chen et al., arXiv 1604.06174) of one backward pass. A segment's gradients by weights go to the buffer as
 * soon as they are there, and the segment before it begins only then: no two segments' insides are held at once.
 *
 * @param variables the weights to differentiate by, by name
 */
export function createCheckpointing(
  executor: Executor,
  variables: ReadonlyMap<string, tf.Variable>,
  gradients: Pick<GradientBuffer, 'add'>,
): Checkpointing {
  const names = [...variables.keys()];
  const anchor = tf.tidy(() => tf.variable(tf.scalar(0)));
  const learned = new Set<string>();
  const runForward = runInOrder(executor);
  let lastGradient: tf.Tensor[] = [];

  /** The gradient by the input. */
  function differentiate(x: tf.Tensor2D, compute: Compute, gradient: tf.Tensor): tf.Tensor {
    const again = executor.wait(x, [gradient, ...lastGradient]) as tf.Tensor2D;
    const [dx, ...found] = backpropagate(() => compute(again), [again, ...variables.values()], gradient);
    const present = new Map(names.flatMap((name, at) => (found[at] ? [[name, found[at]] as const] : [])));
    gradients.add(present);
    for (const name of present.keys()) learned.add(name);
    const ready = executor.wait(dx!, []);
    lastGradient = [ready];
    return ready;
  }

  const run: RunSegment = (x, compute) => {
    const segment = tf.customGrad((...args) => {
      const [input, , save] = args as [tf.Tensor2D, tf.Tensor, tf.GradSaveFunc];
      save([input]);
      const gradFunc = (gradient: tf.Tensor, [input]: tf.Tensor[]) => [
        differentiate(input as tf.Tensor2D, compute, gradient),
        tf.scalar(0),
      ];
      return { value: runForward(input, compute), gradFunc };
    });
    return segment(x, anchor) as tf.Tensor2D;
  };
  return { run, anchor, learned, noteLearned: (name) => void learned.add(name) };
}

type Compute = Parameters<RunSegment>[1];

/** Each segment begins when the one before it is done, so that their insides are not held together. */
export function runInOrder(executor: Executor): RunSegment {
  let last: tf.Tensor | undefined;
  return (x, compute) => {
    last = compute(last ? (executor.wait(x, [last]) as tf.Tensor2D) : x);
    return last as tf.Tensor2D;
  };
}

/** Gradients of a function within the gradient of another one; null by what it does not depend on. */
function backpropagate(compute: () => tf.Tensor, by: tf.Tensor[], gradient: tf.Tensor): (tf.Tensor | null)[] {
  const { state } = tf.engine();
  // The inner one drops the tape when it is done, which the outer one goes on with.
  const tape = state.activeTape;
  try {
    return tf.engine().gradients(compute, by, gradient, true).grads;
  } finally {
    state.activeTape = tape;
  }
}
