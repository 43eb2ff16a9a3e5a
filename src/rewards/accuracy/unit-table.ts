import { type Rational, rational } from './rational.ts';

/** A known unit: what it measures, and how many base units it is. */
export interface Unit {
  dimension: string;
  factor: Rational;
}

type Entry = [string, Unit];

const of = (dimension: string, numerator: bigint, denominator: bigint, names: string): Entry[] =>
  names.split(' ').map((name) => [name, { dimension, factor: rational(numerator, denominator)! }]);

const PREFIXES = {
  n: [1n, 10n ** 9n],
  μ: [1n, 10n ** 6n],
  '': [1n, 1n],
  m: [1n, 1000n],
  k: [1000n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
} as const;

/** A unit and its multiples: `kW` and `mW`, `kilowatt` and `milliwatt`. */
const withPrefixes = (dimension: string, symbol: string, name: string): Entry[] =>
  Object.entries(PREFIXES).flatMap(([prefix, [numerator, denominator]]) => {
    const word = { n: 'nano', μ: 'micro', '': '', m: 'milli', k: 'kilo', M: 'mega', G: 'giga' }[prefix];
    return of(dimension, numerator, denominator, `${prefix}${symbol} ${word}${name}`);
  });

/** Names in lower case, whatever the case they are written in. Base units: metre, gram, second, litre, degree. */
export const WORD_UNITS = new Map<string, Unit>([
  ...of('length', 1n, 10n ** 9n, 'nm nanometer nanometre'),
  ...of('length', 1n, 10n ** 6n, 'μm micrometer micrometre'),
  ...of('length', 1n, 1000n, 'mm millimeter millimetre 毫米'),
  ...of('length', 1n, 100n, 'cm centimeter centimetre 厘米 公分'),
  ...of('length', 1n, 10n, 'dm decimeter decimetre 分米'),
  ...of('length', 1n, 1n, 'm meter metre 米 公尺'),
  ...of('length', 1000n, 1n, 'km kilometer kilometre 千米 公里'),
  ...of('length', 254n, 10000n, 'in inch inche'),
  ...of('length', 3048n, 10000n, 'ft foot feet'),
  ...of('length', 9144n, 10000n, 'yd yard'),
  ...of('length', 1609344n, 1000n, 'mi mile'),
  ...of('mass', 1n, 1000n, 'mg milligram 毫克'),
  ...of('mass', 500n, 1n, '斤 市斤'),
  ...of('mass', 1n, 1n, 'g gram 克'),
  ...of('mass', 1000n, 1n, 'kg kilogram kilo 千克 公斤'),
  ...of('mass', 1_000_000n, 1n, 't ton tonne 吨'),
  ...of('mass', 45359237n, 100000n, 'lb pound'),
  ...of('mass', 45359237n, 1600000n, 'oz ounce'),
  ...of('time', 1n, 1000n, 'ms millisecond'),
  ...of('time', 1n, 1n, 's sec second 秒'),
  ...of('time', 60n, 1n, 'min minute 分钟'),
  ...of('time', 3600n, 1n, 'h hr hour 小时'),
  ...of('time', 86400n, 1n, 'day 天'),
  ...of('time', 604800n, 1n, 'week 周'),
  ...of('volume', 1n, 1000n, 'ml milliliter millilitre 毫升'),
  ...of('volume', 1n, 100n, 'cl centiliter centilitre'),
  ...of('volume', 1n, 10n, 'dl'),
  ...of('volume', 1n, 1n, 'l liter litre 升'),
  ...of('volume', 3785411784n, 1_000_000_000n, 'gal gallon'),
  ...of('angle', 1n, 1n, '° deg degree 度'),
  ...of('angle', 360n, 1n, 'revolution'),
  ...of('length^2', 10_000n, 1n, 'ha hectare'),
]);

/** Symbols whose case counts: `mW` is not `MW`. */
export const SYMBOL_UNITS = new Map<string, Unit>([
  ...withPrefixes('force', 'N', 'newton'),
  ...withPrefixes('energy', 'J', 'joule'),
  ...withPrefixes('power', 'W', 'watt'),
  ...withPrefixes('pressure', 'Pa', 'pascal'),
  ...withPrefixes('frequency', 'Hz', 'hertz'),
  ...withPrefixes('voltage', 'V', 'volt'),
  ...withPrefixes('current', 'A', 'ampere'),
  ...withPrefixes('resistance', 'Ω', 'ohm'),
  ...withPrefixes('charge', 'C', 'coulomb'),
  ...withPrefixes('capacitance', 'F', 'farad'),
  ...withPrefixes('magnetic field', 'T', 'tesla'),
  ...withPrefixes('amount', 'mol', 'mole'),
  ...withPrefixes('electron energy', 'eV', 'electronvolt'),
  ...withPrefixes('heat', 'cal', 'calorie'),
  ...of('temperature', 1n, 1n, 'K kelvin'),
  ...of('degrees Celsius', 1n, 1n, 'degC'),
  ...of('degrees Fahrenheit', 1n, 1n, 'degF'),
  ...of('energy', 3_600_000n, 1n, 'kWh'),
  ...of('torque', 1n, 1n, 'N*m'),
  ...of('magnetic flux', 1n, 1n, 'Wb weber'),
]);
