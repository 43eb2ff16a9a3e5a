import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInputError } from '../../schema/errors.ts';

/** Files that only `rise route` and `rise shards` leave in a folder. */
const MARKS = ['routes.jsonl', 'decisions.jsonl'];

/** Throws `InvalidInputError` where what should be a run, or a store of runs, is a folder of recorded responses. */
export function refuseRecorded(place: string, remedy: string): void {
  if (!MARKS.some((name) => existsSync(join(place, name)))) return;
  throw new InvalidInputError(`${place} is a folder of recorded responses, and no run: ${remedy}`);
}
