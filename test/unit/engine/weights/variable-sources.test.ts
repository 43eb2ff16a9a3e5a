import type { StateVariable } from '../../../../src/engine/runtime/executor.ts';
import { variableSources } from '../../../../src/engine/weights/variable-sources.ts';

/** Variables of that many values, each its number; what is read of them is noted. */
function anExecutor(variables: Record<string, { size: number; dtype?: string }>) {
  const calls: string[][] = [];
  const named = new Map(
    Object.entries(variables).map(([name, { size, dtype = 'float32' }]) => [
      name,
      { name, shape: [size], dtype } as unknown as StateVariable,
    ]),
  );
  const nameOf = (variable: StateVariable) => (variable as unknown as { name: string }).name;
  const numbersOf = (variable: StateVariable) => Float32Array.of([...named.values()].indexOf(variable));
  const sources = variableSources(
    {
      read: (asked) => {
        calls.push(asked.map(nameOf));
        return asked.map((variable) => ({ dtype: 'float32', shape: [1], data: numbersOf(variable) }));
      },
      drain: (variable) => {
        calls.push([nameOf(variable)]);
        return [numbersOf(variable)];
      },
    },
    named,
  );
  return { sources, calls };
}

const LARGE = 2 ** 25;

it('reads small variables together, and alone what is large or of another type', () => {
  const { sources, calls } = anExecutor({
    b: { size: 4 },
    a: { size: 4 },
    d: { size: 4, dtype: 'bfloat16' },
    c: { size: LARGE },
    e: { size: 4 },
    f: { size: 4 },
  });
  expect([...sources.keys()]).toEqual(['b', 'a', 'd', 'c', 'e', 'f']);
  const read = [...sources.keys()].toSorted().map((name) => [name, ...sources.get(name)!.values()].flat());
  expect(read.map(([name, values]) => [name, (values as Float32Array)[0]])).toEqual([
    ['a', 1],
    ['b', 0],
    ['c', 3],
    ['d', 2],
    ['e', 4],
    ['f', 5],
  ]);
  expect(calls).toEqual([['a', 'b'], ['c'], ['d'], ['e', 'f']]);
});

it('gives the same values again, read anew', () => {
  const { sources, calls } = anExecutor({ a: { size: 4 }, b: { size: 4 } });
  const readAll = () => [...sources.values()].flatMap((source) => [...source.values()].map(([value]) => value));
  expect([readAll(), readAll()]).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(calls).toHaveLength(2);
});
