import { z } from 'zod';
import { InvalidInputError } from '../schema/errors.ts';
import type { ModuleFile } from './module-calls.ts';
import type { ModuleKind } from './module-thread.ts';
import { describeModuleError, runModule } from './run-module.ts';

export const isFunction = (value: unknown) => typeof value === 'function';
const isSchema = (value: unknown) => isFunction((value as z.ZodType | undefined)?.safeParse);
export const aSchema = z.custom(isSchema, 'no zod schema');

/** What every module gives; its functions are checked by calling them. */
export const OwnShape = z.looseObject({
  name: z.string(),
  version: z.string().min(1),
  options: aSchema,
  create: z.custom(isFunction, 'no function'),
});

/**
 * What a user's module defines: its default export, called with what it may not import. Throws `InvalidInputError` where it
 * does not load or does not have the shape.
 */
export async function openModule<T>(file: ModuleFile, kind: ModuleKind, shape: z.ZodType): Promise<T> {
  const define = await runModule(file);
  const help = `see docs/${kind}s.md`;
  if (typeof define !== 'function') {
    throw new InvalidInputError(`it has no function as its default export; ${help}`);
  }
  let defined: T;
  let parsed: ReturnType<typeof shape.safeParse>;
  try {
    defined = define({ z });
    parsed = shape.safeParse(defined);
  } catch (cause) {
    const fault = describeModuleError(cause, file);
    throw new InvalidInputError(`it defines no ${kind}: ${fault}; ${help}`, { cause });
  }
  if (parsed.success) return defined;
  throw new InvalidInputError(`it defines no ${kind}: ${z.prettifyError(parsed.error)}; ${help}`);
}

/** The options as the module takes them. Throws `InvalidInputError` where it does not. */
export function parseOwnOptions<Options>(schema: z.ZodType<Options>, options: object): Options {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(z.prettifyError(parsed.error));
}
