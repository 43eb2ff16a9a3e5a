import { CorruptRecordError } from '../../schema/errors.ts';
import type { Executor, StateVariable } from '../runtime/executor.ts';
import { type NativeTensor, sizeOf } from '../runtime/native-tensor.ts';
import type { TensorSource } from '../weights/encode-safetensors.ts';
import { variableSources } from '../weights/variable-sources.ts';
import { createLike } from './gradient-buffer.ts';

/** What an optimizer keeps of its weights: each slot holds as many numbers as its weight. */
export interface Slots {
  of(name: string): Readonly<Record<string, StateVariable>>;
  /** As `<weight>.<slot>`, each read when it is asked for. */
  read(): Map<string, TensorSource>;
  /** @throws CorruptRecordError slots that do not fit the weights */
  write(state: ReadonlyMap<string, NativeTensor>): void;
}

export function createSlots(
  executor: Executor,
  weights: ReadonlyMap<string, StateVariable>,
  names: readonly string[],
): Slots {
  const slots = new Map(
    [...weights].map(([weight, like]) => [
      weight,
      Object.fromEntries(names.map((name) => [name, createLike(executor, like)])),
    ]),
  );
  const all = [...slots].flatMap(([weight, own]) =>
    Object.entries(own).map(([name, slot]): [string, StateVariable] => [`${weight}.${name}`, slot]),
  );
  return {
    of: (weight) => slots.get(weight)!,
    read: () => variableSources(executor, new Map(all)),
    write(state) {
      for (const [name, slot] of all) slot.write(numbersOf(state, name, slot));
    },
  };
}

function numbersOf(state: ReadonlyMap<string, NativeTensor>, name: string, { shape }: StateVariable): NativeTensor {
  const numbers = state.get(name);
  const size = sizeOf(shape);
  if (numbers?.size === size) return numbers;
  throw new CorruptRecordError(
    `optimizer state holds ${numbers?.size ?? 'no'} values for ${name}, the model needs ${size}; ` +
      'continue with the same model, optimizer and frozen parts as before',
  );
}
