import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';

/** One of several things of a kind, which a run config chooses by its name: the shape of algorithms and optimizers. */
export interface Choosable<Options = unknown> {
  name: string;
  /** Changes whenever its results may. */
  version: string;
  /** Its knobs, with their defaults and meanings. */
  options: z.ZodType<Options>;
}

/** The chosen one's own knobs; what they may be, its `options` says. */
export const ChoiceOptions = z.record(z.string(), z.json()).default({});

/** What a run config says of a choice. */
export interface Choice {
  name: string;
  options: Record<string, unknown>;
}

/** A field of a run config that chooses: a bare name leaves the options at their defaults. */
export function choiceField(defaultName: string) {
  return z.preprocess(
    (choice) => (typeof choice === 'string' ? { name: choice } : choice),
    z.strictObject({ name: z.string().default(defaultName), options: ChoiceOptions }),
  );
}

/**
 * The chosen one and its parsed options.
 *
 * @param field of the run config, for messages
 * @throws InvalidInputError a name that none has, or options that the chosen one does not take
 */
export function resolveChoice<T extends Choosable>(
  field: string,
  known: readonly T[],
  { name, options }: Choice,
): { chosen: T; options: unknown } {
  const chosen = known.find((each) => each.name === name);
  if (!chosen) {
    const names = known.map((each) => each.name).join(', ');
    throw new InvalidInputError(`${field} is ${name}, which is not there (${names}); correct the name`);
  }
  const parsed = chosen.options.safeParse(options);
  if (parsed.success) return { chosen, options: parsed.data };
  throw new InvalidInputError(`${field}.options of ${name}: ${z.prettifyError(parsed.error)}`);
}
