import type { InstanceType } from '../sizing/instance-types.ts';
import type { ModelShape } from '../sizing/model-shape.ts';
import { rolloutTokensPerSecond, trainingTokensPerSecond } from '../sizing/speed.ts';
import type { Works } from '../sizing/works.ts';
import { COMPLETION_SHARE } from './assumptions.ts';

/** Tokens a second of one GPU, by arithmetic alone. */
export interface Speed {
  rolloutTokensPerSecond: number;
  trainingTokensPerSecond: number;
}

/** How fast a run's jobs are on an instance type; undefined where its GPU's peaks are not known. */
export function speedOn({ gpu }: InstanceType, shape: ModelShape, works: Works): Speed | undefined {
  const rollout = rolloutTokensPerSecond(shape, works.rollout, gpu, COMPLETION_SHARE * works.rollout.completionTokens);
  const training = trainingTokensPerSecond(shape, works.rl, gpu);
  if (rollout === undefined || training === undefined) return undefined;
  return { rolloutTokensPerSecond: rollout, trainingTokensPerSecond: training };
}
