import { createRandom } from '../../base/random.ts';
import { deriveSeed } from '../../base/seeds.ts';
import { listAdapterShapes, parseAdapterName } from '../../schema/adapter-shapes.ts';
import type { AdapterConfig } from '../../schema/config/adapter.ts';
import { sizeOf } from '../runtime/native-tensor.ts';
import { createWeightVariable } from '../runtime/weight-variable.ts';
import type { HostTensor } from '../weights/encode-safetensors.ts';
import type { Adapter } from './adapter.ts';
import type { PeftConfig } from './peft-config.ts';

let instances = 0;

/** A new adapter. */
export interface NewAdapter extends AdapterConfig {
  /** Layers that are left alone whatever the targets say. */
  isFrozen(name: string): boolean;
  /** Of the numbers in A. */
  seed: number;
}

/**
 * An adapter that changes nothing yet, as PEFT begins one: A uniform within `1 / sqrt(in)` (Kaiming's with a = sqrt 5), B zero.
 *
 * @param weightShapes of the model, under their Hugging Face names
 * @throws InvalidInputError a target that the model has no layer for
 */
export function createAdapter(weightShapes: ReadonlyMap<string, readonly number[]>, settings: NewAdapter): Adapter {
  const instance = instances++;
  const weights = [...listAdapterShapes(weightShapes, settings)].map(([name, shape]) => {
    const values = createInitial(name, shape, settings.seed);
    return [name, createWeightVariable(values, `new-adapter${instance}/${name}`)] as const;
  });
  const scale = settings.alpha / settings.rank;
  return {
    config: describe(settings),
    scales: new Map(weights.map(([name]) => [parseAdapterName(name)!, scale])),
    weights: new Map(weights),
    dropout: settings.dropout,
  };
}

function createInitial(name: string, shape: [number, number], seed: number): HostTensor {
  const data = new Float32Array(sizeOf(shape));
  if (name.endsWith('.lora_B.weight')) return { shape, data };
  const random = createRandom(deriveSeed(seed, name));
  const bound = 1 / Math.sqrt(shape[1]);
  for (let at = 0; at < data.length; at++) data[at] = bound * (2 * random.next() - 1);
  return { shape, data };
}

const describe = ({ rank, alpha, dropout }: AdapterConfig): PeftConfig => ({
  r: rank,
  lora_alpha: alpha,
  lora_dropout: dropout,
  use_rslora: false,
  rank_pattern: {},
  alpha_pattern: {},
});
