import { NotFoundError } from '../../schema/errors.ts';
import { checkpointPrefix, manifestKey, trainingStatePrefix } from '../../schema/keys.ts';
import { Manifest } from '../../schema/manifest.ts';
import { findPartDamage } from '../../store/part-damage.ts';
import { readJson } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

/**
 * The folder of the optimizer's state after an iteration. Throws `NotFoundError`, and says how the run is trained again, where
 * it is not there any more: states before it are gone too, so that training can only begin anew.
 */
export async function findTrainingState(store: Store, runId: string, iteration: number): Promise<string> {
  const { transient = [] } = await readJson(store, manifestKey(checkpointPrefix(runId, iteration)), Manifest);
  const folder = trainingStatePrefix(runId, iteration);
  const damage = await findPartDamage(store, transient, 'sizes');
  if (transient.length > 0 && damage.length === 0) return folder;
  const [first, last] = [checkpointPrefix(runId, 0), checkpointPrefix(runId, iteration)];
  const checkpoints = iteration === 0 ? first : `all from ${first} to ${last}`;
  throw new NotFoundError(
    `${damage[0]?.key ?? folder} is not there as iteration ${iteration} left it: the optimizer's state goes when the next ` +
      'iteration is done, or its time in the bucket is over, and training cannot go on without it. To train again from ' +
      `the first iteration, on the rollouts that are there, delete ${checkpoints} and run again; what was taken from ` +
      'an earlier run (taken.json is beside it) is done anew with --fresh and another --run-id',
  );
}
