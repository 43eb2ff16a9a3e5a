import { deriveSeed } from '../base/seeds.ts';
import type { AdapterChoice } from '../engine/open-engine.ts';
import type { ModelFiles } from '../engine/weights/model-files.ts';
import type { ConfigPart } from '../schema/config/config-part.ts';

/** What the engine opens of a policy. */
export interface PolicyFiles {
  files: ModelFiles;
  adapter?: AdapterChoice;
}

/**
 * Where a policy's weights are: in its own folder, or, in a run that trains an adapter, in that of the base model, with the
 * adapter in its own.
 *
 * @param own absent for the base policy: its adapter is a new one, which changes nothing
 */
export function findPolicyFiles(
  { policy, seed }: ConfigPart<'seed' | 'policy'>,
  base: ModelFiles,
  own?: ModelFiles,
): PolicyFiles {
  const { adapter: config, freezeVisionTower } = policy;
  if (!config) return { files: own ?? base };
  if (own) return { files: base, adapter: { kind: 'stored', files: own, dropout: config.dropout } };
  return { files: base, adapter: { kind: 'new', config, freezeVisionTower, seed: deriveSeed(seed, 'adapter') } };
}
