import { multiply, type Rational, rational } from './rational.ts';

/** A known unit: what it measures, and how many base units it is. */
export interface Unit {
  dimension: string;
  factor: Rational;
}

const of = (dimension: string, numerator: bigint, denominator: bigint, names: string): [string, Unit][] =>
  names.split(' ').map((name) => [name, { dimension, factor: rational(numerator, denominator)! }]);

/** Base units: metre, gram, second, litre, degree. */
const UNITS = new Map<string, Unit>([
  ...of('length', 1n, 1000n, 'mm millimeter millimetre'),
  ...of('length', 1n, 100n, 'cm centimeter centimetre'),
  ...of('length', 1n, 10n, 'dm decimeter decimetre'),
  ...of('length', 1n, 1n, 'm meter metre'),
  ...of('length', 1000n, 1n, 'km kilometer kilometre'),
  ...of('length', 254n, 10000n, 'in inch inche'),
  ...of('length', 3048n, 10000n, 'ft foot feet'),
  ...of('length', 9144n, 10000n, 'yd yard'),
  ...of('length', 1609344n, 1000n, 'mi mile'),
  ...of('mass', 1n, 1000n, 'mg milligram'),
  ...of('mass', 1n, 1n, 'g gram'),
  ...of('mass', 1000n, 1n, 'kg kilogram'),
  ...of('mass', 1_000_000n, 1n, 't ton tonne'),
  ...of('time', 1n, 1n, 's sec second'),
  ...of('time', 60n, 1n, 'min minute'),
  ...of('time', 3600n, 1n, 'h hr hour'),
  ...of('time', 86400n, 1n, 'day'),
  ...of('time', 604800n, 1n, 'week'),
  ...of('volume', 1n, 1000n, 'ml milliliter millilitre'),
  ...of('volume', 1n, 10n, 'dl'),
  ...of('volume', 1n, 1n, 'l liter litre'),
  ...of('angle', 1n, 1n, '° deg degree'),
]);

/** Canonical spelling of what stands behind a number: no spaces or braces, singular, `square cm` as `cm^2`, `per` as `/`. */
export function unitName(text: string): string {
  const words = text
    .toLowerCase()
    .replace(/[{}]/g, '')
    .replace(/\s*(?:\bper\b|\/)\s*/g, '/')
    .replace(/\b(?:square|sq\.?)\s+([a-z]+)/g, '$1^2')
    .replace(/\b(?:cubic|cu\.?)\s+([a-z]+)/g, '$1^3')
    .replace(/\b([a-z]+)\s+squared\b/g, '$1^2')
    .replace(/\b([a-z]+)\s+cubed\b/g, '$1^3')
    .replace(/\bkmh\b|\bkph\b/g, 'km/h')
    .replace(/\bmph\b/g, 'mi/h')
    .replace(/\s+/g, '');
  return words.replace(/(?<=\p{L}{2})s(?=$|\^|\/)/gu, '');
}

/** The known unit of that canonical name, products of powers like `cm^2` and quotients like `km/h` included. */
export function findUnit(name: string): Unit | undefined {
  const [above, below, ...more] = name.split('/').map(findPower);
  if (above === undefined || more.length > 0) return undefined;
  if (!name.includes('/')) return above;
  if (!below) return undefined;
  const factor = multiply(above.factor, rational(below.factor.denominator, below.factor.numerator)!);
  return factor && { dimension: `${above.dimension}/${below.dimension}`, factor };
}

function findPower(name: string): Unit | undefined {
  const [, base, exponent = '1'] = /^([^^]*)(?:\^([1-3]))?$/.exec(name) ?? [];
  const unit = UNITS.get(base ?? '');
  if (!unit || exponent === '1') return unit;
  let { factor } = unit;
  for (let count = 1; count < Number(exponent); count += 1) factor = multiply(factor, unit.factor)!;
  if (unit.dimension === 'length' && exponent === '3') {
    return { dimension: 'volume', factor: multiply(factor, rational(1000n)!)! };
  }
  return { dimension: `${unit.dimension}^${exponent}`, factor };
}
