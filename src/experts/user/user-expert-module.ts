import type { LoadedModule, ModuleFile } from '../../modules/module-calls.ts';
import { isFunction, OwnShape, openModule, parseOwnOptions } from '../../modules/open-module.ts';
import { describeModuleError } from '../../modules/run-module.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { ExpertProtocol, UserExpert } from './user-expert.ts';

/** Runs a module of one file. Throws `InvalidInputError` where it does not load or defines no expert. */
export async function openUserExpert(file: ModuleFile): Promise<LoadedModule<ExpertProtocol>> {
  const expert = await openModule<UserExpert>(file, 'expert', OwnShape);
  const { name, version } = expert;
  const consultants: ReturnType<UserExpert['create']>[] = [];
  return {
    description: { name, version },
    describe: (error) => describeModuleError(error, file),
    async answer(call) {
      if (call.kind === 'answer') return consultants[call.consultant].answer(call.question);
      const consultant = expert.create(parseOwnOptions(expert.options, call.options));
      if (!isFunction(consultant?.answer)) throw new InvalidInputError('create gives no { answer }');
      return { consultant: consultants.push(consultant) - 1, variant: consultant.variant };
    },
  };
}
