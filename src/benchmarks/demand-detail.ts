import { InvalidInputError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';

/** A detail of a prompt that a benchmark cannot do without. Throws `InvalidInputError` that says where it is kept from. */
export function demandDetail({ promptId, details }: Prompt, name: string, format: string): string {
  const value = details?.[name];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new InvalidInputError(
    `prompt ${promptId} has no details.${name}, which the benchmark goes by; make its records by rise convert --from ${format}`,
  );
}
