import { basename } from 'node:path';
import { sha256Of } from '../base/hash.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Store } from '../store/store.ts';
import type { ModuleProtocol } from './module-calls.ts';
import { type HostedKind, type ModuleHost, openModuleHost } from './module-host.ts';

/** By key, which holds the hash of the code. */
const hosts = new Map<string, Promise<ModuleHost<ModuleProtocol>>>();

/** A module on the store, in its thread. */
export interface StoredModule<P extends ModuleProtocol> {
  host: ModuleHost<P>;
  /** Of its code. */
  sha256: string;
}

/**
 * Runs a module that the user put on the store, with this process's rights. Throws `InvalidInputError` where the bytes are not
 * those of the key, and on a module that does not load or defines nothing of its kind.
 *
 * @param keyOf the key that code of this hash has
 * @param place where its author has the file, for messages of this process: those of the first to load it count
 */
export async function openStoredModule<P extends ModuleProtocol>(
  store: Store,
  hosted: HostedKind,
  { key, keyOf, place }: { key: string; keyOf(sha256: string, file: string): string; place: string },
  limitSeconds: number,
): Promise<StoredModule<P>> {
  const bytes = await store.read(key);
  const sha256 = sha256Of(bytes);
  if (key !== keyOf(sha256, basename(key))) {
    throw new InvalidInputError(`${key} holds other code than its name says (sha256 ${sha256}); start the run again`);
  }
  if ((await hosts.get(key)?.catch(() => undefined))?.isOver !== false) {
    hosts.set(key, openModuleHost(hosted, { name: basename(key), place, code: bytes }, limitSeconds));
  }
  // Its key says of which kind it is.
  return { host: (await hosts.get(key)!) as unknown as ModuleHost<P>, sha256 };
}

/** Ends the threads of all modules, whatever they are doing: nobody waits for a loop without end. */
export async function endModules(): Promise<void> {
  for (const opening of hosts.values()) await (await opening.catch(() => undefined))?.end();
  hosts.clear();
}
