import { accuracy } from './accuracy/accuracy.ts';
import { format } from './format.ts';
import { overlong } from './overlong.ts';
import { perception } from './perception.ts';
import { repetition } from './repetition.ts';
import type { Reward } from './reward.ts';

/** Rewards that a run config names without a module. */
export const BUILT_IN_REWARDS: readonly Reward[] = [accuracy, format, perception, repetition, overlong];

/** Versions by name, for manifests of what rests on them. */
export const BUILT_IN_VERSIONS = Object.fromEntries(BUILT_IN_REWARDS.map(({ name, version }) => [name, version]));
