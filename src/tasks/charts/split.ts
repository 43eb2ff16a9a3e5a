import { hashJsonToUint32 } from '../../base/hash.ts';
import type { Scene } from './tier.ts';

export type Split = 'evaluation' | 'train' | 'pretraining';

const BUCKETS = 10;

/**
 * The split a scene belongs to, by the hash of what it shows: a tenth evaluation, three tenths train, the rest pretraining.
 * No image can be in two splits, whatever is asked about it and whatever the seeds.
 */
export function splitOf(scene: Scene): Split {
  const bucket = hashJsonToUint32(scene) % BUCKETS;
  if (bucket === 0) return 'evaluation';
  return bucket <= 3 ? 'train' : 'pretraining';
}
