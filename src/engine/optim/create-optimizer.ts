import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerConfig } from '../../schema/config/optimizer.ts';
import { DivergedError } from '../../schema/errors.ts';
import type { Executor, StateVariable } from '../runtime/executor.ts';
import type { NativeTensor } from '../runtime/native-tensor.ts';
import type { TensorSource } from '../weights/encode-safetensors.ts';
import { createGradientBuffer, type GradientBuffer } from './gradient-buffer.ts';
import type { MoveNumbers, OptimizerRule } from './optimizer.ts';
import { learningRateAt } from './schedule.ts';
import { createSlots } from './slots.ts';

/** What one pass over a batch found. */
export interface Accumulated {
  loss: number;
  /** The weights that the loss depends on: their gradients wait in the buffer. */
  learned: readonly string[];
}

/** `skipped`: the loss or a gradient was not finite, and weights, slots and the count of steps stay as they were. */
export type StepOutcome = 'applied' | 'skipped';

/** What one step did, besides the result of its last pass. */
export interface OptimizerStep<Result> {
  outcome: StepOutcome;
  result: Result;
  /** Global gradient norm of the last pass, before the clip. */
  gradNorm: number;
  learningRate: number;
}

/** An optimizer at work on named weights. */
export interface Optimizer {
  readonly gradients: GradientBuffer;
  /**
   * One step. `accumulate` runs forward and backward over the batch, adds to `gradients`, which are 0 before, and returns
   * what it found; a sharpness-aware optimizer calls it twice. Weights that the loss does not depend on keep their values
   * and slots.
   *
   * @throws DivergedError a loss or gradient that is not finite after an earlier pass of the step has moved weights
   */
  step<Result extends Accumulated>(accumulate: () => Result): OptimizerStep<Result>;
  /** Steps applied so far, restored ones included. */
  readonly stepCount: number;
  /** `<weight>.<slot>` of every weight: what `restore` takes from the files they went to. */
  state(): Map<string, TensorSource>;
  /** @throws CorruptRecordError state that does not fit the weights */
  restore(state: ReadonlyMap<string, NativeTensor>, stepCount: number): void;
}

interface Update {
  names: readonly string[];
  move: number;
  clip: tf.Scalar;
  numbers: MoveNumbers;
}

/** What all optimizers share. */
export interface StepSettings
  extends Pick<OptimizerConfig, 'learningRate' | 'schedule' | 'warmupFraction' | 'maxGradNorm'> {
  /** Of the whole schedule, those before a resume included. */
  totalSteps: number;
}

/** An optimizer by some rule over some weights, its state beside them in the executor. */
export function createOptimizer(
  executor: Executor,
  weights: ReadonlyMap<string, StateVariable>,
  rule: OptimizerRule,
  settings: StepSettings,
): Optimizer {
  const gradients = createGradientBuffer(executor, weights);
  const slots = createSlots(executor, weights, rule.slots);
  let stepCount = 0;

  const update = executor.define(({ names, move, clip, numbers }: Update) => {
    for (const name of names) {
      const gradient = tf.mul(gradients.take(name), clip);
      rule.moves[move](weights.get(name)!, gradient, slots.of(name), numbers);
      gradients.zero(name);
    }
    return {};
  });

  /** Moves the weights after one pass over the batch, by gradients of norm `norm`. */
  function apply(move: number, { learned }: Accumulated, norm: number, learningRate: number): void {
    const clip = clipFactor(norm, settings.maxGradNorm);
    const own = rule.numbersAt?.(stepCount + 1) ?? {};
    const numbers = toScalars({ ...own, learningRate, gradientNorm: norm * clip });
    const clipScalar = tf.scalar(clip);
    for (const names of gradients.split(learned)) update({ names, move, clip: clipScalar, numbers });
    tf.dispose([clipScalar, ...Object.values(numbers)]);
  }

  /** Forgets gradients that are of no use. Throws where an earlier move of the step cannot be taken back. */
  function skip(move: number, { loss, learned }: Accumulated, norm: number): void {
    gradients.clear(learned);
    if (move === 0) return;
    throw new DivergedError(
      `optimizer step ${stepCount} has loss ${loss} and gradient norm ${norm} in pass ${move + 1}, after pass ${move} ` +
        `moved the weights; lower the learning rate (${settings.learningRate}) or maxGradNorm (${settings.maxGradNorm})`,
    );
  }

  return {
    gradients,
    step<Result extends Accumulated>(accumulate: () => Result): OptimizerStep<Result> {
      const learningRate = learningRateAt(stepCount, settings.totalSteps, settings);
      let done: { result: Result; gradNorm: number } | undefined;
      for (const move of rule.moves.keys()) {
        const result = accumulate();
        const gradNorm = gradients.norm(result.learned);
        if (!Number.isFinite(result.loss + gradNorm)) {
          skip(move, result, gradNorm);
          return { outcome: 'skipped', result, gradNorm, learningRate };
        }
        apply(move, result, gradNorm, learningRate);
        done = { result, gradNorm };
      }
      stepCount += 1;
      return { outcome: 'applied', ...done!, learningRate };
    },
    get stepCount() {
      return stepCount;
    },
    state: slots.read,
    restore(state, restoredStepCount) {
      slots.write(state);
      stepCount = restoredStepCount;
    },
  };
}

/**
 * Factor that scales gradients of norm `norm` down to `maxNorm`; 1 for those already under it.
 * `maxNorm / (norm + 1e-6)`, as `torch.nn.utils.clip_grad_norm_`.
 */
export function clipFactor(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}

function toScalars(numbers: Record<'learningRate' | 'gradientNorm', number> & Record<string, number>): MoveNumbers {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, tf.scalar(value)]),
  ) as unknown as MoveNumbers;
}
