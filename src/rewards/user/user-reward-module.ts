import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '../../schema/errors.ts';
import { describeNeeds } from '../describe-needs.ts';
import type { DefineReward, Scorer, UserReward } from '../reward.ts';
import { runCase } from './check-case.ts';
import type { RewardAnswers, RewardCall, RewardDescription, RewardFile } from './reward-calls.ts';

/** A user's module at work, in the thread that it has to itself. */
export interface UserRewardModule {
  description: RewardDescription;
  answer(call: RewardCall): Promise<RewardAnswers[RewardCall['kind']]>;
  /** An error of the module in one line, with the place in its file. */
  describe(error: unknown): string;
}

const isFunction = (value: unknown) => typeof value === 'function';
const isSchema = (value: unknown) => isFunction((value as z.ZodType | undefined)?.safeParse);

/** What a module must give; the functions are checked by calling them, in its golden cases. */
const UserRewardShape = z.looseObject({
  name: z.string(),
  version: z.string().min(1),
  options: z.custom(isSchema, 'no zod schema'),
  prompt: z.custom(isSchema, 'no zod schema').optional(),
  create: z.custom(isFunction, 'no function'),
  cases: z
    .array(z.looseObject({ name: z.string(), trajectory: z.looseObject({ text: z.string() }), value: z.number() }))
    .min(1),
});

/** Runs a module of one file. Throws `InvalidInputError` where it does not load or defines no reward. */
export async function openUserReward(file: RewardFile): Promise<UserRewardModule> {
  const describe = (error: unknown) => describeError(error, file);
  const reward = defineReward(await runModule(file, describe), describe);
  const scorers: Scorer[] = [];
  const { name, version, cases } = reward;
  return {
    description: { name, version, cases: cases.map((golden) => golden.name) },
    describe,
    async answer(call) {
      switch (call.kind) {
        case 'create': {
          const scorer = reward.create(parseOptions(reward, call.options), { maxNewTokens: call.maxNewTokens });
          if (!isFunction(scorer?.score)) throw new InvalidInputError('create gives no { score }');
          return { scorer: scorers.push(scorer) - 1, variant: scorer.variant };
        }
        case 'find-needs':
          return describeNeeds(reward.prompt, call.prompt);
        case 'score':
          return scorers[call.scorer].score(call.prompt, call.trajectory);
        case 'run-case':
          return runCase(reward, call.at, call.maxNewTokens, describe);
      }
    },
  };
}

/** Runs a module in a folder of its own, so that the module finds no packages here that it would not find on Lambda. */
async function runModule({ name, code }: RewardFile, describe: (error: unknown) => string) {
  const folder = await mkdtemp(join(tmpdir(), 'rise-reward-'));
  const path = join(folder, name);
  try {
    await writeFile(path, code);
    return createRequire(path)(path) as { default?: unknown };
  } catch (cause) {
    throw new InvalidInputError(`${describe(cause)}; a reward is one file that imports only Node's own modules`, {
      cause,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

function defineReward(module: { default?: unknown }, describe: (error: unknown) => string): UserReward {
  if (!isFunction(module.default)) {
    throw new InvalidInputError('it has no function as its default export; see docs/rewards.md');
  }
  let reward: UserReward;
  let parsed: ReturnType<typeof UserRewardShape.safeParse>;
  try {
    reward = (module.default as DefineReward)({ z });
    parsed = UserRewardShape.safeParse(reward);
  } catch (cause) {
    throw new InvalidInputError(`it defines no reward: ${describe(cause)}; see docs/rewards.md`, { cause });
  }
  if (parsed.success) return reward;
  throw new InvalidInputError(`it defines no reward: ${z.prettifyError(parsed.error)}; see docs/rewards.md`);
}

function parseOptions(reward: UserReward, options: object): unknown {
  const parsed = reward.options.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(z.prettifyError(parsed.error));
}

/** Where in the module an error was thrown: the innermost line of its stack that is the module's. */
function describeError(error: unknown, { name, place: filePlace }: RewardFile): string {
  if (!(error instanceof Error)) return String(error);
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`rise-reward-\\w+/${escaped}(:\\d+:\\d+)`).exec(error.stack ?? '')?.[1];
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${filePlace}${place})`}`;
}
