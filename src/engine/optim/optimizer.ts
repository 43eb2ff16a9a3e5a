import type * as tf from '@tensorflow/tfjs-core';
import type { Choosable } from '../../schema/config/choice.ts';
import type { StateVariable } from '../runtime/executor.ts';

/**
 * One optimizer: in a file of its own, with its formula and its paper. To add one, write the file, name it in `index.ts`
 * and prove it by golden values. Gradients, their clip, the learning rate and the state's files are not its business.
 */
export interface OptimizerKind<Options = unknown> extends Choosable<Options> {
  create(options: Options): OptimizerRule;
}

/** How one weight changes. */
export interface OptimizerRule {
  /**
   * What it keeps of each weight, by name: as many numbers as the weight has, 0 at first, saved as `<weight>.<slot>`.
   */
  slots: readonly string[];
  /** Numbers of its own that change from step to step. */
  numbersAt?(step: number): Record<string, number>;
  /**
   * What happens to a weight after a pass over the batch. Most rules have one; a sharpness-aware one has two, since it first
   * climbs to where its second pass takes the gradient.
   */
  moves: readonly Move[];
}

/**
 * A change of one weight and its slots, inside a function of the executor.
 *
 * @param gradient of the whole batch, clipped; of the weight's shape, like each slot
 */
export type Move = (
  weight: StateVariable,
  gradient: tf.Tensor,
  slots: Readonly<Record<string, StateVariable>>,
  numbers: MoveNumbers,
) => void;

/** The numbers of a step as tensors, so that one graph serves all steps; those of `numbersAt` besides. */
export type MoveNumbers = Readonly<Record<string, tf.Scalar>> & {
  learningRate: tf.Scalar;
  /** Euclidean norm over the gradients of all weights, after the clip. */
  gradientNorm: tf.Scalar;
};
