import { basename } from 'node:path';
import { sha256Of } from '../../base/hash.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { rewardModuleKey } from '../../schema/keys.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { Store } from '../../store/store.ts';
import type { Scorer } from '../reward.ts';
import type { CaseOutcome } from './reward-calls.ts';
import { openRewardHost, type RewardHost } from './reward-host.ts';

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

/** By key, which holds the hash of the code. */
const hosts = new Map<string, Promise<RewardHost>>();

/**
 * Runs a module that the user put on the store, with this process's rights, and gives the reward it defines. Throws
 * `InvalidInputError` where the bytes are not those of the key, and on a module that does not load or defines no reward.
 *
 * @param place where its author has the file, for messages of this process: those of the first to load it count
 */
export async function loadUserReward(
  store: Store,
  key: string,
  limitSeconds = SCORE_SECONDS,
  place = basename(key),
): Promise<LoadedUserReward> {
  const bytes = await store.read(key);
  const sha256 = sha256Of(bytes);
  if (key !== rewardModuleKey(sha256, basename(key))) {
    throw new InvalidInputError(`${key} holds other code than its name says (sha256 ${sha256}); start the run again`);
  }
  if ((await hosts.get(key)?.catch(() => undefined))?.isOver !== false) {
    hosts.set(key, openRewardHost({ name: basename(key), place, code: bytes }, limitSeconds));
  }
  return describeReward(await hosts.get(key)!, { place, sha256 }, limitSeconds);
}

/** Ends the threads of every reward that `loadUserReward` gave, whatever they are doing: nobody waits for a loop without end. */
export async function endUserRewards(): Promise<void> {
  for (const opening of hosts.values()) await (await opening.catch(() => undefined))?.end();
  hosts.clear();
}

/** The reward of a file's code, for one use. Throws `InvalidInputError` on a module that does not load or defines none. */
export async function useUserReward<T>(
  path: string,
  code: Uint8Array,
  limitSeconds: number,
  use: (reward: LoadedUserReward) => Promise<T>,
): Promise<T> {
  const host = await openRewardHost({ name: basename(path), place: path, code }, limitSeconds);
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
