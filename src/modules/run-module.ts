import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInputError } from '../schema/errors.ts';
import type { ModuleFile } from './module-calls.ts';

/**
 * Runs a module of one file in a folder of its own, so that it finds no packages here that it would not find on Lambda, and gives
 * its default export. Throws `InvalidInputError` where it does not load.
 */
export async function runModule(file: ModuleFile): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'rise-module-'));
  const path = join(folder, file.name);
  try {
    await writeFile(path, file.code);
    return (createRequire(path)(path) as { default?: unknown }).default;
  } catch (cause) {
    const remedy = "it must be one file that imports only Node's own modules";
    throw new InvalidInputError(`${describeModuleError(cause, file)}; ${remedy}`, { cause });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Where in the module an error was thrown: the innermost line of its stack that is the module's. */
export function describeModuleError(error: unknown, { name, place: filePlace }: ModuleFile): string {
  if (!(error instanceof Error)) return String(error);
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`rise-module-\\w+/${escaped}(:\\d+:\\d+)`).exec(error.stack ?? '')?.[1];
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${filePlace}${place})`}`;
}
