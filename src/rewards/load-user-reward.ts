import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { sha256Of } from '../base/hash.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { rewardModuleKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';
import type { DefineReward, UserReward } from './index.ts';

const isFunction = (value: unknown) => typeof value === 'function';

/** What a module must give; the functions are checked by calling them, in its golden cases. */
const UserRewardShape = z.looseObject({
  name: z.string(),
  version: z.string().min(1),
  options: z.custom((options) => isFunction((options as z.ZodType | undefined)?.safeParse), 'no zod schema'),
  prompt: z.custom((prompt) => isFunction((prompt as z.ZodType | undefined)?.safeParse), 'no zod schema').optional(),
  create: z.custom(isFunction, 'no function'),
  cases: z
    .array(z.looseObject({ name: z.string(), trajectory: z.looseObject({ text: z.string() }), value: z.number() }))
    .min(1),
});

/** Rewards by key, which holds the hash of the code. */
const loaded = new Map<string, UserReward>();

/**
 * Runs a module that the user put on the store, with this process's rights, and gives the reward it defines; the version
 * is followed by the beginning of the code's hash. Throws `InvalidInputError` where the bytes are not those of the key,
 * and on a module that does not load or defines no reward.
 */
export async function loadUserReward(store: Store, key: string): Promise<UserReward> {
  const known = loaded.get(key);
  if (known) return known;
  const bytes = await store.read(key);
  const sha256 = sha256Of(bytes);
  if (key !== rewardModuleKey(sha256, basename(key))) {
    throw new InvalidInputError(`${key} holds other code than its name says (sha256 ${sha256}); start the run again`);
  }
  const reward = defineReward(await runModule(bytes, key), key);
  const versioned = { ...reward, version: `${reward.version}+${sha256.slice(0, 8)}` };
  loaded.set(key, versioned);
  return versioned;
}

/** Runs a module in a folder of its own, so that the module finds no packages here that it would not find on Lambda. */
async function runModule(bytes: Buffer, key: string): Promise<{ default?: unknown }> {
  const folder = await mkdtemp(join(tmpdir(), 'rise-reward-'));
  const file = join(folder, basename(key));
  try {
    await writeFile(file, bytes);
    return createRequire(file)(file);
  } catch (cause) {
    throw new InvalidInputError(
      `${key} does not load: ${cause}; a reward is one file that imports only Node's own modules`,
      { cause },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

function defineReward(module: { default?: unknown }, key: string): UserReward {
  if (!isFunction(module.default)) {
    throw new InvalidInputError(`${key} has no function as its default export; see docs/rewards.md`);
  }
  const reward = (module.default as DefineReward)({ z });
  const parsed = UserRewardShape.safeParse(reward);
  if (parsed.success) return reward;
  throw new InvalidInputError(`${key} defines no reward: ${z.prettifyError(parsed.error)}; see docs/rewards.md`);
}
