import { z } from 'zod';
import type { LoadedModule, ModuleFile } from '../../modules/module-calls.ts';
import { aSchema, isFunction, OwnShape, openModule, parseOwnOptions } from '../../modules/open-module.ts';
import { describeModuleError } from '../../modules/run-module.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { describeNeeds } from '../describe-needs.ts';
import type { Scorer, UserReward } from '../reward.ts';
import { runCase } from './check-case.ts';
import type { RewardProtocol } from './reward-calls.ts';

const UserRewardShape = OwnShape.extend({
  prompt: aSchema.optional(),
  cases: z
    .array(z.looseObject({ name: z.string(), trajectory: z.looseObject({ text: z.string() }), value: z.number() }))
    .min(1),
});

/** Runs a module of one file. Throws `InvalidInputError` where it does not load or defines no reward. */
export async function openUserReward(file: ModuleFile): Promise<LoadedModule<RewardProtocol>> {
  const describe = (error: unknown) => describeModuleError(error, file);
  const reward = await openModule<UserReward>(file, 'reward', UserRewardShape);
  const scorers: Scorer[] = [];
  const { name, version, cases } = reward;
  return {
    description: { name, version, cases: cases.map((golden) => golden.name) },
    describe,
    async answer(call) {
      switch (call.kind) {
        case 'create': {
          const scorer = reward.create(parseOwnOptions(reward.options, call.options), {
            maxNewTokens: call.maxNewTokens,
          });
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
