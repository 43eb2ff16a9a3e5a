import { readQuantity } from './quantity.ts';

/** Plain numbers joined by hyphens, slashes or a "to": a range, a score, a code. */
export interface Sequence {
  kind: 'range' | 'to' | 'product';
  items: string[];
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?`;
const RANGE = new RegExp(
  String.raw`^(?:from |between )?(${NUMBER})\s*(%|°|(?!e\s*-|\p{Script=Greek})\p{L}[\p{L}^]{0,12}|)\s*(?:(-{1,2})|(to|and|through|until|bis|à|至|到|~))\s*(${NUMBER})\s*(.*)$`,
  'su',
);
const CODE = /^(?:\d+(?:\s*-\s*\d+){2,}|\d+(?:\s*\/\s*\d+){2,})$/;
const PRODUCT = /^\d+(?:\s*\*\s*\d+)+$/;
const TAIL = /^(?:%|°|[^\d\s+*/^().:=!_\\π-].*)?$/s;

/**
 * Reads `10-20`, `18 to 24`, `10 cm - 20 cm`, `5-2-3-1`, `1/2/3`, `3*4`. As formulas they would have a value, which says
 * nothing: `10-20` is no -10, `3*4` tiles are not `2*6`.
 */
export function readSequence(plain: string): Sequence | undefined {
  if (plain.length > 200 || !/^[-\dfb]/.test(plain)) return undefined;
  if (CODE.test(plain)) return { kind: 'range', items: plain.split(/\s*[-/]\s*/) };
  if (PRODUCT.test(plain)) return { kind: 'product', items: plain.split(/\s*\*\s*/).sort() };
  const [, low, unit, hyphen, word, high, tail] = RANGE.exec(plain) ?? [];
  if (low === undefined || !TAIL.test(tail)) return undefined;
  const isNamed = /^(?:from|between)/.test(plain);
  if (word === 'and' && !plain.startsWith('between')) return undefined;
  const items = [`${low} ${unit || tail}`.trim(), `${high} ${tail}`.trim()];
  if (items.some((item) => readQuantity(item, 'answer') === undefined)) return undefined;
  return { kind: hyphen || isNamed || unit || tail ? 'range' : 'to', items };
}

/**
 * True where two numbers fall as in a difference that was not worked out. A date does not, `2024-01-01`, nor do a year
 * and its month or two years; and nobody takes 0 away.
 */
export const isDifference = ({ items }: Sequence) =>
  items.length === 2 &&
  Number.parseFloat(items[0]) >= Number.parseFloat(items[1]) &&
  !/^0/.test(items[1]) &&
  !(/^(?:19|20)\d\d$/.test(items[0]) && /^(?:[1-9]|1[0-2]|(?:19|20)\d\d)$/.test(items[1]));
