import { z } from 'zod';
import type { LoadedModule, ModuleFile } from '../../modules/module-calls.ts';
import { describeModuleError, runModule } from '../../modules/run-module.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { describeNeeds } from '../describe-needs.ts';
import type { DefineReward, Scorer, UserReward } from '../reward.ts';
import { runCase } from './check-case.ts';
import type { RewardProtocol } from './reward-calls.ts';

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
export async function openUserReward(file: ModuleFile): Promise<LoadedModule<RewardProtocol>> {
  const describe = (error: unknown) => describeModuleError(error, file);
  const reward = defineReward(await runModule(file), describe);
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

function defineReward(define: unknown, describe: (error: unknown) => string): UserReward {
  if (!isFunction(define)) {
    throw new InvalidInputError('it has no function as its default export; see docs/rewards.md');
  }
  let reward: UserReward;
  let parsed: ReturnType<typeof UserRewardShape.safeParse>;
  try {
    reward = (define as DefineReward)({ z });
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
