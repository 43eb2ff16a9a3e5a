import {
  parsePythonFloat,
  roundAsPython,
  writePythonFloat,
  writePythonInteger,
} from '../../../src/benchmarks/python-numbers.ts';

describe('numbers as Python has them', () => {
  it.each([
    [' 1_000.5 ', 1000.5],
    ['1e3', 1000],
    ['-.5', -0.5],
    ['inf', Number.POSITIVE_INFINITY],
    ['1,000', undefined],
    ['', undefined],
  ])('reads %j as float does', (text, value) => expect(parsePythonFloat(text)).toBe(value));

  // Python 3.11: [round(0.125, 2), round(2.675, 2), round(0.25, 1), round(2.5, 0), round(1e22, 1)].
  it.each([
    [0.125, 2, 0.12],
    [2.675, 2, 2.67],
    [0.25, 1, 0.2],
    [2.5, 0, 2],
    [1e22, 1, 1e22],
  ])('rounds %d to %d places', (value, places, rounded) => expect(roundAsPython(value, places)).toBe(rounded));

  it.each([
    [1, '1.0'],
    [-0.0, '-0.0'],
    [0.00001, '1e-05'],
    [1.5e-7, '1.5e-07'],
    [1e16, '1e+16'],
    [123456789012345, '123456789012345.0'],
    [Number.NaN, 'nan'],
  ])('writes %d as %j', (value, text) => expect(writePythonFloat(value)).toBe(text));

  it('cuts to whole numbers, of any size', () => {
    expect([2007.9, -0.5, 1e22].map(writePythonInteger)).toEqual(['2007', '0', '10000000000000000000000']);
    expect(writePythonInteger(Number.POSITIVE_INFINITY)).toBeUndefined();
  });
});
