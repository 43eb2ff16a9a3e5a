import { basename } from 'node:path';
import { sha256Of } from '../../base/hash.ts';
import { openModuleHost } from '../../modules/module-host.ts';
import { openStoredModule } from '../../modules/stored-module.ts';
import { rewardModuleKey } from '../../schema/keys.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { Store } from '../../store/store.ts';
import type { Scorer } from '../reward.ts';
import type { CaseOutcome, RewardProtocol } from './reward-calls.ts';
import { type RewardHost, USER_REWARDS } from './reward-host.ts';

/** Seconds that one score of a reward may take once it has begun, where the config does not say. */
export const SCORE_SECONDS = 30;

/** A user's reward in a thread of its own. */
export interface LoadedUserReward {
  name: string;
  /** Of its file, as messages name it. */
  place: string;
  /** Its own, and the beginning of the code's hash. */
  version: string;
  /** Throws `InvalidInputError` on options that it does not take. */
  create(options: object, maxNewTokens: number): Promise<Scorer>;
  /** What a prompt lacks for it, in words. */
  findNeeds(prompt: Prompt): Promise<string[]>;
  /** What its golden cases say of it. */
  runCases(maxNewTokens: number): Promise<{ name: string; outcome: CaseOutcome }[]>;
}

/**
 * The reward that a module on the store defines. Throws `InvalidInputError` where the bytes are not those of the key, and on a
 * module that does not load or defines no reward.
 *
 * @param place where its author has the file
 */
export async function loadUserReward(
  store: Store,
  key: string,
  limitSeconds = SCORE_SECONDS,
  place = basename(key),
): Promise<LoadedUserReward> {
  const stored = { key, keyOf: rewardModuleKey, place };
  const { host, sha256 } = await openStoredModule<RewardProtocol>(store, USER_REWARDS, stored, limitSeconds);
  return describeReward(host, { place, sha256 }, limitSeconds);
}

/** The reward of a file's code, for one use. Throws `InvalidInputError` on a module that does not load or defines none. */
export async function useUserReward<T>(
  path: string,
  code: Uint8Array,
  limitSeconds: number,
  use: (reward: LoadedUserReward) => Promise<T>,
): Promise<T> {
  const host = await openModuleHost<RewardProtocol>(
    USER_REWARDS,
    { name: basename(path), place: path, code },
    limitSeconds,
  );
  try {
    return await use(describeReward(host, { place: path, sha256: sha256Of(code) }, limitSeconds));
  } finally {
    await host.end();
  }
}

function describeReward(
  host: RewardHost,
  { place, sha256 }: { place: string; sha256: string },
  limitSeconds: number,
): LoadedUserReward {
  const { name, version, cases } = host.description;
  return {
    name,
    place,
    version: `${version}+${sha256.slice(0, 8)}`,
    async create(options, maxNewTokens) {
      const { scorer, variant } = await host.call({ kind: 'create', options, maxNewTokens }, limitSeconds);
      return {
        variant,
        score: (prompt, { trajectoryIndex, text, tokenIds, finishReason }) => {
          const trajectory = { trajectoryIndex, text, tokenIds, finishReason };
          return host.call({ kind: 'score', scorer, prompt, trajectory }, limitSeconds);
        },
      };
    },
    findNeeds: (prompt) => host.call({ kind: 'find-needs', prompt }, limitSeconds),
    runCases: (maxNewTokens) =>
      Promise.all(
        cases.map(async (name, at) => ({
          name,
          outcome: await host
            .call({ kind: 'run-case', at, maxNewTokens }, limitSeconds)
            .catch((error: Error): CaseOutcome => ({ kind: 'failed', fault: error.message })),
        })),
      ),
  };
}
