import { splitByWeight } from '../../base/split-list.ts';
import type { Executor, StateVariable } from '../runtime/executor.ts';
import { sizeOf } from '../runtime/native-tensor.ts';
import type { TensorSource } from './encode-safetensors.ts';

/** Values that are read together at most, and held until they are asked for. */
const GROUP_VALUES = 2 ** 24;

/**
 * Variables as sources, each read when it is asked for: small ones together with those behind them in order of name, since
 * every call of a session has its price. Asked for in that order, no more than a group is held.
 */
export function variableSources(
  executor: Pick<Executor, 'read' | 'drain'>,
  variables: ReadonlyMap<string, StateVariable>,
): Map<string, TensorSource> {
  const sources = new Map<string, TensorSource>();
  const inOrder = [...variables].sort(([first], [second]) => (first < second ? -1 : 1));
  for (const group of splitByWeight(inOrder, countTogether, GROUP_VALUES)) {
    let held: Float32Array[] | undefined;
    const readGroup = () =>
      executor.read(group.map(([, variable]) => variable)).map(({ data }) => data as Float32Array);
    for (const [at, [name, variable]] of group.entries()) {
      sources.set(name, {
        shape: variable.shape,
        *values() {
          if (group.length === 1) return yield* executor.drain(variable);
          held ??= readGroup();
          yield held[at];
          if (at === group.length - 1) held = undefined;
        },
      });
    }
  }
  return new Map([...variables.keys()].map((name) => [name, sources.get(name)!]));
}

/** Its values; one in another type cannot be read together with others. */
const countTogether = ([, { shape, dtype }]: [string, StateVariable]) =>
  dtype === 'float32' ? sizeOf(shape) : Number.POSITIVE_INFINITY;
