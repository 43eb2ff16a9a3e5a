/** Numbers as readers expect them. */

export const percent = (share: number, digits = 1) => `${(100 * share).toFixed(digits)}%`;
export const points = (share: number) => `${share >= 0 ? '+' : '\u2212'}${Math.abs(100 * share).toFixed(1)}`;
export const count = (value: number) => value.toLocaleString('en-US');

/** A p-value: four digits, or its power of ten. */
export const probability = (p: number) => (p < 0.0001 ? p.toExponential(1) : p.toFixed(4));

/** Three significant digits, and none of them wasted. */
export function compact(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10_000 || size < 0.001) return value.toExponential(1).replace('e+', 'e');
  return String(Number(value.toPrecision(3)));
}

/** Hours of jobs as people say them. */
export function duration(hours: number): string {
  const seconds = hours * 3600;
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 6000) return `${(seconds / 60).toFixed(1)} min`;
  return `${hours.toFixed(1)} h`;
}

export const dollars = (usd: number) => `$${usd >= 1 ? usd.toFixed(2) : Number(usd.toPrecision(2))}`;
