import { basename } from 'node:path/posix';
import { z } from 'zod';
import { tensorboardPrefix } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';
import type { Piece } from './observation.ts';
import { encodeEvent, encodeFileVersion } from './tensorboard/encode-event.ts';
import { encodeTfRecords } from './tensorboard/record-file.ts';
import type { Tracker } from './tracker.ts';

/** Event files, which `tensorboard --logdir .rise/runs` shows: https://www.tensorflow.org/tensorboard. */
export const tensorboard: Tracker<object> = {
  name: 'tensorboard',
  version: '1',
  options: z.strictObject({}),
  create: (_, { store, runId }) => {
    const prefix = tensorboardPrefix(runId);
    return { place: `${store.uri}/${prefix}`, take: (piece) => writeEventFile(store, prefix, piece) };
  },
};

/**
 * Each piece is a file of its own, written once. TensorBoard follows a folder by reading its files in the order of their names,
 * and never turns back: names count the files.
 */
async function writeEventFile(store: Store, prefix: string, { name, from, observations }: Piece): Promise<void> {
  const suffix = `.${name}-${pad(from)}`;
  const keys = await store.list(prefix);
  const key = keys.find((each) => each.endsWith(suffix)) ?? `${prefix}events.out.tfevents.${nextNumber(keys)}${suffix}`;
  const version = encodeFileVersion(observations[0]?.time ?? 0);
  await store.write(key, encodeTfRecords([version, ...observations.map(encodeEvent)]));
}

function nextNumber(keys: readonly string[]): string {
  const last = keys.map((key) => Number(/tfevents\.(\d+)\./.exec(basename(key))?.[1] ?? -1)).at(-1) ?? -1;
  return pad(last + 1);
}

const pad = (value: number) => String(value).padStart(6, '0');
