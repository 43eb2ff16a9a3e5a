const FLOAT = /^[+-]?(?:(?:\d+(?:_\d+)*)(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/i;

/** The number that Python's `float` reads in a text; undefined where it raises. */
export function parsePythonFloat(text: string): number | undefined {
  const plain = text.trim();
  if (FLOAT.test(plain)) return Number(plain.replaceAll('_', ''));
  const named = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(plain);
  if (!named) return undefined;
  if (!named[2]) return Number.NaN;
  return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** `round(value, 2)` as Python has it: of two hundredths that are equally near, the even one. */
export function roundToHundredths(value: number): number {
  const hundredths = value * 100;
  const isTie = Number.isInteger(value * 8) && Math.abs(hundredths % 1) === 0.5;
  return isTie ? (2 * Math.round(hundredths / 2)) / 100 : Number(value.toFixed(2));
}
