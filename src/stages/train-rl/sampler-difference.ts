import type { RlTokens } from '../../algorithms/algorithm.ts';
import type { Precision } from '../../engine/open-engine.ts';
import { SamplerMismatchError } from '../../schema/errors.ts';

/**
 * How far the log-probabilities that the trainer gives a rollout's tokens before its first update are from those they were
 * sampled with (nats, without sign): the ratio of the first step is `exp` of it, and should be 1.
 */
export interface SamplerDifference {
  mean: number;
  largest: number;
}

/**
 * Mean differences that rounding explains. In bf16 sampler and trainer round the same numbers at other places, since one
 * reads keys and values from its cache and the other computes them together.
 */
export const MAX_MEAN_DIFFERENCE: Readonly<Record<Precision, number>> = { float32: 1e-3, bf16: 0.1 };

/**
 * @param tokens of an iteration's first step; where an older policy sampled them, against the log-probabilities under the
 *   policy that the iteration begins with
 */
export function measureSamplerDifference({ policy, sampling, old }: RlTokens<Float32Array>): SamplerDifference {
  const expected = old ?? sampling;
  const differences = policy.map((logprob, n) => Math.abs(logprob - expected[n]));
  return {
    mean: differences.reduce((sum, difference) => sum + difference, 0) / differences.length,
    largest: differences.reduce((largest, difference) => Math.max(largest, difference), 0),
  };
}

/** @throws SamplerMismatchError a difference that rounding does not explain */
export function checkSamplerDifference({ mean, largest }: SamplerDifference, precision: Precision): void {
  const bound = MAX_MEAN_DIFFERENCE[precision];
  if (!(mean > bound)) return;
  throw new SamplerMismatchError(
    `before its first update the trainer's log-probabilities differ from the sampler's by ${mean.toPrecision(3)} on average ` +
      `(${largest.toPrecision(3)} at most), over the ${bound} that ${precision} explains: they would push the policy where ` +
      'nothing was rewarded. Was the rollout sampled by these weights, this precision and this version? Sample it again' +
      (precision === 'bf16' ? ', or use compute.precision: float32' : ''),
  );
}
