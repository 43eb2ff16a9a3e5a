import type { HostedKind, ModuleHost } from '../../modules/module-host.ts';
import { serveInThread } from '../../modules/module-thread.ts';
import { RewardFailedError } from '../../schema/errors.ts';
import type { RewardProtocol } from './reward-calls.ts';
import { openUserReward } from './user-reward-module.ts';

/** A user's reward, seen from outside of its thread. */
export type RewardHost = ModuleHost<RewardProtocol>;

/** Rewards of the user's own: their threads run this very file. */
export const USER_REWARDS: HostedKind = {
  kind: 'reward',
  script: import.meta.filename,
  fail: (message) => new RewardFailedError(message),
};

serveInThread('reward', openUserReward);
