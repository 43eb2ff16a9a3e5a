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

/** `round(value, digits)` as Python has it: of two decimals that are equally near, the even one. */
export function roundAsPython(value: number, digits: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return value;
  const scaled = value * 10 ** digits;
  const isTie = Number.isInteger(value * 2 ** (digits + 1)) && Math.abs(scaled % 1) === 0.5;
  return isTie ? (2 * Math.round(scaled / 2)) / 10 ** digits : Number(value.toFixed(digits));
}

/** `str(value)` of a float as Python writes it: `1.0`, `1e-05`, `1e+16`. */
export function writePythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** `str(int(value))` of a float as Python has it: cut towards 0; undefined where it raises. */
export function writePythonInteger(value: number): string | undefined {
  return Number.isFinite(value) ? String(BigInt(Math.trunc(value))) : undefined;
}
