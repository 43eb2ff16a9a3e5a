import { z } from 'zod';
import type { LoadedModule, ModuleFile } from '../../modules/module-calls.ts';
import { describeModuleError, runModule } from '../../modules/run-module.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { DefineExpert, ExpertProtocol, UserExpert } from './user-expert.ts';

const isFunction = (value: unknown) => typeof value === 'function';
const isSchema = (value: unknown) => isFunction((value as z.ZodType | undefined)?.safeParse);

/** What a module must give. */
const UserExpertShape = z.looseObject({
  name: z.string(),
  version: z.string().min(1),
  options: z.custom(isSchema, 'no zod schema'),
  create: z.custom(isFunction, 'no function'),
});

/** Runs a module of one file. Throws `InvalidInputError` where it does not load or defines no expert. */
export async function openUserExpert(file: ModuleFile): Promise<LoadedModule<ExpertProtocol>> {
  const describe = (error: unknown) => describeModuleError(error, file);
  const expert = defineExpert(await runModule(file), describe);
  const { name, version } = expert;
  let consultant: ReturnType<UserExpert['create']>;
  return {
    description: { name, version },
    describe,
    async answer(call) {
      if (call.kind === 'answer') return consultant.answer(call.question);
      const parsed = expert.options.safeParse(call.options);
      if (!parsed.success) throw new InvalidInputError(z.prettifyError(parsed.error));
      consultant = expert.create(parsed.data);
      if (!isFunction(consultant?.answer)) throw new InvalidInputError('create gives no { answer }');
      return { variant: consultant.variant };
    },
  };
}

function defineExpert(define: unknown, describe: (error: unknown) => string): UserExpert {
  if (!isFunction(define)) {
    throw new InvalidInputError('it has no function as its default export; see docs/experts.md');
  }
  let expert: UserExpert;
  let parsed: ReturnType<typeof UserExpertShape.safeParse>;
  try {
    expert = (define as DefineExpert)({ z });
    parsed = UserExpertShape.safeParse(expert);
  } catch (cause) {
    throw new InvalidInputError(`it defines no expert: ${describe(cause)}; see docs/experts.md`, { cause });
  }
  if (parsed.success) return expert;
  throw new InvalidInputError(`it defines no expert: ${z.prettifyError(parsed.error)}; see docs/experts.md`);
}
