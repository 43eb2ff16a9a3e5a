import { UnsupportedModelError } from '../../schema/errors.ts';
import type { Architecture } from './architecture.ts';
import { qwen25VL } from './qwen2_5_vl/index.ts';

/** Every architecture this engine runs. */
export const architectures: readonly Architecture[] = [qwen25VL];

/** The architecture that a config.json names. Throws `UnsupportedModelError` for one this engine does not know. */
export function findArchitecture({ model_type: modelType }: Record<string, unknown>): Architecture {
  const found = architectures.find((architecture) => architecture.modelType === modelType);
  if (found) return found;
  const supported = architectures.map((architecture) => `${architecture.modelType} (${architecture.title})`);
  throw new UnsupportedModelError(
    `config.json: model_type ${JSON.stringify(modelType)} is no architecture this engine runs; ` +
      `use a checkpoint of ${supported.join(' or ')}`,
  );
}
