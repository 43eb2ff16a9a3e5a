import { z } from 'zod';
import { InvalidInputError } from './errors.ts';

/** What a run config chooses by name and gives options of its own. */
export interface Choice<Options = unknown> {
  name: string;
  options: z.ZodType<Options>;
}

/** The one of that name. Throws `InvalidInputError` that names the field of the config, and those there are. */
export function findByName<C extends { name: string }>(all: readonly C[], name: string, field: string): C {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  throw new InvalidInputError(`${field}: there is no ${name}; choose one of ${all.map((one) => one.name).join(', ')}`);
}

/** The options with the defaults filled in. Throws `InvalidInputError` that names the field of the config. */
export function parseOptions<Options>(choice: Choice<Options>, options: unknown, field: string): Options {
  const parsed = choice.options.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`${field}: ${z.prettifyError(parsed.error)}`);
}
