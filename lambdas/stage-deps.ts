import { InvalidInputError } from '../src/schema/errors.ts';
import type { StageDeps } from '../src/stages/stage-deps.ts';
import { openStore } from '../src/store/open-store.ts';

/** The store named by `RISE_STORE`; a Lambda is short, so its progress goes nowhere. */
export function stageDeps(): StageDeps {
  const uri = process.env.RISE_STORE;
  if (!uri) throw new InvalidInputError('RISE_STORE is not set; give the store URI, e.g. file:///folder');
  return { store: openStore(uri), report: () => {} };
}
