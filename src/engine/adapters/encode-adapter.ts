import type { Architecture } from '../models/architecture.ts';
import { encodeSafetensors, type TensorSource } from '../weights/encode-safetensors.ts';
import type { Adapter } from './adapter.ts';
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS, PEFT_PREFIX } from './peft-config.ts';

/**
 * The files of an adapter in PEFT's format, with the names of `transformers` 5.
 *
 * @param values by the names in `Adapter.weights`
 */
export function* encodeAdapter(
  { config, scales }: Pick<Adapter, 'config' | 'scales'>,
  values: ReadonlyMap<string, TensorSource>,
  { moduleName }: Pick<Architecture, 'moduleName'>,
): Generator<[fileName: string, bytes: Uint8Array | Iterable<Uint8Array>]> {
  const json = {
    peft_type: 'LORA',
    // The run's config names the base.
    base_model_name_or_path: null,
    task_type: null,
    inference_mode: true,
    ...config,
    bias: 'none',
    // Whole names: the end of one may be that of another layer, which PEFT would adapt too.
    target_modules: [...scales.keys()].map(moduleName),
  };
  yield [ADAPTER_CONFIG, new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`)];
  const named = new Map([...values].map(([name, tensor]) => [`${PEFT_PREFIX}${moduleName(name)}`, tensor]));
  yield [ADAPTER_WEIGHTS, encodeSafetensors(named)];
}
