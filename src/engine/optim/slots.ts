import { CorruptRecordError } from '../../schema/errors.ts';
import type { Executor, StateVariable } from '../runtime/executor.ts';
import type { HostTensor } from '../weights/safetensors.ts';
import { createLike, sizeOf } from './gradient-buffer.ts';

/** What an optimizer keeps of its weights: each slot holds as many numbers as its weight. */
export interface Slots {
  of(name: string): Readonly<Record<string, StateVariable>>;
  /** Copies in host memory, as `<weight>.<slot>`: what `write` takes. */
  read(): Map<string, HostTensor>;
  /** @throws CorruptRecordError slots that do not fit the weights */
  write(state: ReadonlyMap<string, HostTensor>): void;
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
    read() {
      const values = executor.read(all.map(([, slot]) => slot));
      return new Map(
        all.map(([name, { shape }], at) => [name, { shape: [...shape], data: values[at].data as Float32Array }]),
      );
    },
    write(state) {
      for (const [name, slot] of all) slot.write(numbersOf(state, name, slot));
    },
  };
}

function numbersOf(state: ReadonlyMap<string, HostTensor>, name: string, { shape }: StateVariable): Float32Array {
  const data = state.get(name)?.data;
  const size = sizeOf(shape);
  if (data?.length === size) return data;
  throw new CorruptRecordError(
    `optimizer state holds ${data?.length ?? 'no'} values for ${name}, the model needs ${size}; ` +
      'continue with the same model, optimizer and frozen parts as before',
  );
}
