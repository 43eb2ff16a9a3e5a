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
  for (const group of groupBySize([...variables].sort(([first], [second]) => (first < second ? -1 : 1)))) {
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

type Named = [string, StateVariable];

/** Neighbours that fit into a group; one that others cannot be read with is a group of its own. */
function groupBySize(variables: readonly Named[]): Named[][] {
  const groups: Named[][] = [];
  let room = 0;
  for (const entry of variables) {
    const [, { shape, dtype }] = entry;
    const isFloat32 = dtype === 'float32';
    const size = sizeOf(shape);
    if (!isFloat32 || size > room) {
      groups.push([]);
      room = isFloat32 ? GROUP_VALUES : 0;
    }
    groups[groups.length - 1].push(entry);
    room -= size;
  }
  return groups;
}
