import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { sha256Of } from '../base/hash.ts';
import type { Places } from '../rewards/load-rewards.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { rewardModuleKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';

const MODULE_EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * Puts the user's own rewards on the store by content, and keys into the config in place of paths, which start at
 * `configFolder`. Throws `InvalidInputError` on a path that is no module.
 */
export async function storeRewards(
  store: Store,
  rewards: RunConfig['rewards'],
  configFolder: string,
): Promise<RunConfig['rewards']> {
  const stored = { ...rewards };
  for (const [name, use] of Object.entries(rewards)) {
    if (use.module === undefined) continue;
    const path = resolve(configFolder, use.module);
    stored[name] = {
      ...use,
      module: await storeModule(store, path, { field: `rewards.${name}.module`, keyOf: rewardModuleKey }),
    };
  }
  return stored;
}

/** Where the user's own rewards lie on this machine, by the keys that `storeRewards` gave them. */
export function placesOf(rewards: RunConfig['rewards'], stored: RunConfig['rewards'], configFolder: string): Places {
  return new Map(
    Object.entries(rewards).flatMap(([name, { module }]) =>
      module === undefined ? [] : [[stored[name].module!, resolve(configFolder, module)] as const],
    ),
  );
}

/** Puts a user's module on the store by content and gives its key. Throws `InvalidInputError` on a path that is no module. */
export async function storeModule(
  store: Store,
  path: string,
  { field, keyOf }: { field: string; keyOf(sha256: string, file: string): string },
): Promise<string> {
  if (!MODULE_EXTENSIONS.includes(extname(path))) {
    throw new InvalidInputError(`${field}: ${path} is no module; it ends in ${MODULE_EXTENSIONS.join(', ')}`);
  }
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new InvalidInputError(`${field}: ${path} cannot be read; the path is relative to the config file`, { cause });
  });
  const key = keyOf(sha256Of(bytes), basename(path));
  if (!(await store.exists(key))) await store.write(key, bytes);
  return key;
}
