import { type Rational, rational } from './rational.ts';
import { parseNumberWords } from './words.ts';

const PARTS: Record<string, bigint> = {
  ...{
    half: 2n,
    halves: 2n,
    third: 3n,
    thirds: 3n,
    quarter: 4n,
    quarters: 4n,
    fourth: 4n,
    fourths: 4n,
    fifth: 5n,
    fifths: 5n,
  },
  ...{
    sixth: 6n,
    sixths: 6n,
    seventh: 7n,
    sevenths: 7n,
    eighth: 8n,
    eighths: 8n,
    ninth: 9n,
    ninths: 9n,
    tenth: 10n,
    tenths: 10n,
  },
};
const MAX_LENGTH = 100;

/** `negative three`, `three quarters`, `half`, `two and a half`, `三十五`, `四分之三`; undefined for all else. */
export function parseSpelledNumber(text: string): Rational | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const [, sign, rest] = /^(?:(negative|minus|负|負)\s*)?(.*)$/is.exec(text)!;
  const value = parseChinese(rest) ?? parseEnglish(rest.toLowerCase());
  return value && sign ? rational(-value.numerator, value.denominator) : value;
}

function parseEnglish(text: string): Rational | undefined {
  const whole = parseNumberWords(text);
  if (whole !== undefined) return rational(whole);
  if (/^half$/.test(text)) return rational(1n, 2n);
  const [, mixed, above, part] = /^(?:(.+?)\s+and\s+)?(an?|[a-z]+)[\s-]+([a-z]+)$/.exec(text) ?? [];
  if (part === undefined || !Object.hasOwn(PARTS, part)) return undefined;
  const numerator = /^an?$/.test(above) ? 1n : parseNumberWords(above);
  const base = mixed === undefined ? 0n : parseNumberWords(mixed);
  if (numerator === undefined || base === undefined) return undefined;
  return rational(base * PARTS[part] + numerator, PARTS[part]);
}

const DIGITS = '零一二三四五六七八九';
const TENS: Record<string, bigint> = { 十: 10n, 百: 100n, 千: 1000n };
const CHINESE = /^[零〇一二两三四五六七八九十百千万]+$/;

function parseChinese(text: string): Rational | undefined {
  const parts = text.split('分之');
  if (parts.length > 2 || !parts.every((part) => CHINESE.test(part))) return undefined;
  const [below, above] = parts.map(chineseInteger);
  return parts.length === 2 ? rational(above, below) : rational(below);
}

/** `一百零五` is 105, `二零二四` 2024, `三万二千` 32000. */
function chineseInteger(text: string): bigint {
  const plain = text.replaceAll('〇', '零').replaceAll('两', '二');
  if (!/[十百千万]/.test(plain)) return BigInt(Array.from(plain, (digit) => DIGITS.indexOf(digit)).join(''));
  let [total, group, digit] = [0n, 0n, 0n];
  for (const character of plain) {
    if (character === '万') [total, group, digit] = [(total + group + digit) * 10_000n, 0n, 0n];
    else if (Object.hasOwn(TENS, character))
      [group, digit] = [group + (digit === 0n ? 1n : digit) * TENS[character], 0n];
    else digit = BigInt(DIGITS.indexOf(character));
  }
  return total + group + digit;
}

const WORD =
  '(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion)';
const LEADING = new RegExp(
  String.raw`^((?:negative\s+|minus\s+)?${WORD}(?:[\s-]+(?:and\s+)?${WORD})*)\s+(?=\p{L})(?!and\b|or\b|point\b|to\b|over\b)`,
  'iu',
);

/** `twelve metres` as `12 metres`. */
export function spellOutNumber(plain: string): string {
  const chinese =
    /^([零〇一二两三四五六七八九十百千万]{1,12})\s?(?=[个只条件人张本支元块岁天年月日次种克米厘公平分小度辆])/.exec(
      plain,
    )?.[1];
  if (chinese) return `${chineseInteger(chinese)}${plain.slice(chinese.length)}`;
  if (plain.length > MAX_LENGTH || !/^[a-z]/i.test(plain)) return plain;
  const words = LEADING.exec(plain)?.[1];
  const value = words === undefined ? undefined : parseSpelledNumber(words);
  return value?.denominator === 1n ? `${value.numerator}${plain.slice(words!.length)}` : plain;
}
