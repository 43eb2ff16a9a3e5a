const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES: Record<string, bigint> = { hundred: 100n, thousand: 1000n, million: 1_000_000n, billion: 1_000_000_000n };
const MAX_LENGTH = 100;

/** 7 for `seven`, 121 for `one hundred and twenty-one`; undefined for anything that is not all number words. */
export function parseNumberWords(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH || !/^[a-z]+(?:[\s-]+[a-z]+)*$/i.test(text)) return undefined;
  const words = text
    .toLowerCase()
    .split(/[\s-]+/)
    .filter((word) => word !== 'and');
  return words.length === 0 ? undefined : addWords(words);
}

/** Undefined where a word cannot follow the one before it: `six twenty` is a time, `nineteen ninety` a year. */
function addWords(words: readonly string[]): bigint | undefined {
  let [total, group] = [0n, 0n];
  /** What the next word must be less than. */
  let room = 1000n;
  for (const word of words) {
    const value = worthOf(word);
    if (value !== undefined) {
      if (value >= room || (value === 0n && words.length > 1)) return undefined;
      [group, room] = [group + value, value < 20n ? 0n : 10n];
    } else if (word === 'hundred') [group, room] = [(group || 1n) * 100n, 100n];
    else if (Object.hasOwn(SCALES, word)) [total, group, room] = [total + (group || 1n) * SCALES[word], 0n, 1000n];
    else return undefined;
  }
  return total + group;
}

function worthOf(word: string): bigint | undefined {
  const [small, ten] = [SMALL.indexOf(word), TENS.indexOf(word)];
  return small >= 0 ? BigInt(small) : ten >= 0 ? BigInt(20 + 10 * ten) : undefined;
}

const SYNONYMS: Record<string, string> = { true: 'yes', false: 'no', y: 'yes', n: 'no' };
const EMPTY = /^(?:(?:there (?:is|are) |it has )?no (?:real )?(?:solutions?|roots?)|none|empty set|the empty set)$/;

const CONSTANT = /^(?:pi|π|e|inf|infinity)$/i;

/** True for letters, spaces, hyphens and apostrophes only, unless they name a number. */
export const isWords = (plain: string) => /^[\p{L}][\p{L}\s'-]*$/u.test(plain) && !CONSTANT.test(plain);

/** True where the words say that there is no solution. */
export const saysNone = (plain: string) => EMPTY.test(plain.toLowerCase());

/** The content of a text answer: lower case, no articles, hyphens or possessives, every word singular, `true` as `yes`. */
export function canonicalWords(plain: string): string {
  const words = plain
    .toLowerCase()
    .replace(/'s?\b/g, '')
    .split(/[\s-]+/)
    .filter((word) => !['a', 'an', 'the', ''].includes(word))
    .map((word) => SYNONYMS[word] ?? singular(word));
  return words.join(' ');
}

/** `on Monday` beside `Monday`, where only one says how it stands in its sentence. */
const LEAD = /^(?:in|on|at)\s+(?:the\s+)?(?=\p{L})/iu;
export const withoutLead = (plain: string, other: string) => (LEAD.test(other) ? plain : plain.replace(LEAD, ''));

const ABBREVIATED = /^(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?$/;
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const MONTHS = 'january february march april may june july august september october november december'.split(' ');

/** `Mon` as `monday` beside the name of a day or month. */
export function unabbreviated(plain: string, other: string): string {
  const names = [...DAYS, ...MONTHS];
  if (!names.includes(other.toLowerCase()) || !ABBREVIATED.test(plain)) return plain;
  return names.find((name) => name.startsWith(plain.toLowerCase().replace('.', ''))) ?? plain;
}

function singular(word: string): string {
  if (word.length <= 3 || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.replace(/s$/, '');
}

const SHORT_WORD = /^(?:no|up|on|in|by|we|he|it|me|my|us|am|pm|ok|go|do|is|be|so|if|or|at|to|of|y|n|t|f)$/i;

/** True for words of two letters that would else be products of variables. */
export const isShortWord = (word: string) => word.length === 2 && SHORT_WORD.test(word);

/** A formula of elements with both cases, such as `NaCl` and `CoCl_2`. */
export const isChemical = (plain: string) =>
  /^\d*(?:\(?[A-Z][a-z]?[\d_{})]*){2,}$/.test(plain) && /[a-z]/.test(plain) && /[A-Z].*[A-Z]/.test(plain);

/** True where two words differ in case alone and are symbols: `CO` is not `Co`, `N` not `n`. */
export function areOtherSymbols(left: string, right: string): boolean {
  if (left === right || left.toLowerCase() !== right.toLowerCase()) return false;
  const isShort = left.length <= 2 && !SHORT_WORD.test(left);
  return isShort || isChemical(left) || isChemical(right);
}
