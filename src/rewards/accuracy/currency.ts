/** What money an answer is in, read before its sign is dropped; `$` opens formulas as well, and counts where it stands alone. */
const SIGNS: [string, RegExp][] = [
  ['euro', /€|欧元|\\euro(?![a-zA-Z])|\bEUR\b|\beuros?\b/i],
  ['pound', /£|\\pounds(?![a-zA-Z])|\bGBP\b/],
  ['yen', /¥|(?<!\p{L})元|人民币|日元|\bJPY\b|\bCNY\b|\bRMB\b|\byen\b|\byuan\b/iu],
  ['rupee', /₹|\bINR\b|\bRs\b|\brupees?\b/],
  ['won', /₩|\bKRW\b/],
  ['dollar', /美元|\\\$|\\textdollar|\bUSD\b|\bUS\s?\$|\bdollars?\b/i],
];
const CENTS = /¢|(?<=\d\s*|\\text\{\s*)\bcents?\b/i;

export type Money = 'euro' | 'pound' | 'yen' | 'rupee' | 'won' | 'dollar' | 'cent';

/** The currency that a text names, or undefined where it names none or several. */
export function currencyOf(text: string): Money | undefined {
  if (text.length > 200) return undefined;
  const named = SIGNS.filter(([, sign]) => sign.test(text)).map(([name]) => name as Money);
  if (CENTS.test(text)) named.push('cent');
  if (named.length === 0 && hasLoneDollar(text)) return 'dollar';
  return named.length === 1 ? named[0] : undefined;
}

const hasLoneDollar = (text: string) =>
  text.split('$').length === 2 && /^\s*(?:\\text\{)?[-+]?\s*\$\s?\d|US\$\s?\d/.test(text);

/** `12 cm`, `5%`: what is measured in something else is no money. */
const OTHER =
  /\d\s*(?:\\?%|°|(?:\\text\{|\\mathrm\{)?[\s~]*(?:percent|[cmk]?m|k?g|kg|[mc]?l|hours?|minutes?|seconds?|days?|dimes?|nickels?|penn(?:y|ies)|pence|quarters?|degrees?|(?:centi|kilo|milli)?met(?:er|re)s?|grams?|lit(?:er|re)s?)(?![\p{L}^]))/iu;

const NUMBER = /\d[\d,]*(?:\.\d+)?/;

/** Compares money with other money, or with no money at all; undefined where the two are of one kind. */
export function compareMoney(answer: string, gold: string): 'equal' | 'different' | undefined {
  if (!/[$€£¥₹₩¢]|[A-Z]{3}|元|人民币|dollar|euro|pound|yen|yuan|rupee|cent|Rs/i.test(answer + gold)) return undefined;
  const [a, b] = [currencyOf(answer), currencyOf(gold)];
  if (a && b) return a === b ? undefined : inCents(answer, a) === inCents(gold, b) ? 'equal' : 'different';
  return (a && isOther(gold, a)) || (b && isOther(answer, b)) ? 'different' : undefined;
}

const isOther = (text: string, money: Money) => OTHER.test(text) || (money !== 'pound' && /\d\s*pounds?\b/i.test(text));

/** Dollars and cents in cents; any other money is apart. */
function inCents(text: string, money: Money): number | Money {
  const sign = /^\D*?(?:[-−–]|(?<!\\)\()/.test(text) ? -1 : 1;
  const amount = sign * Number(NUMBER.exec(text)?.[0].replaceAll(',', ''));
  if (money !== 'dollar' && money !== 'cent') return money;
  return Math.round(amount * (money === 'dollar' ? 100 : 1) * 1000) / 1000;
}

const BOOKED = /^\s*\$?\s*\(\s*(?:US)?(?:\\?\$|[€£¥₹₩]|(?:Rs\.?|INR|USD|EUR|CNY|RMB)\s)\s*(\d[\d,.]*)\s*\)\s*\$?\s*$/;

/** `($5)` is how books write `-$5`. */
export const withBookedSign = (text: string) => text.replace(BOOKED, '-$1');

const WORDS: Partial<Record<Money, string>> = {
  dollar: 'dollars',

  euro: 'euros',
  pound: 'pounds',
  yen: 'yen',
  rupee: 'rupees',
  won: 'won',
};
const SIGN_AHEAD =
  /(?:[€£¥₹₩]|(?<!\p{L})(?:Rs\.?|USD|EUR|GBP|JPY|CNY|RMB|INR|KRW)(?!\p{L}))\s?([-+]?)\s?(\d[\d,]*(?:\.\d+)?)(?![\d.]*\s*(?:[mb]illion|thousand|[-+*/=]))/gu;

const MAY_NAME_MONEY = /[€£¥₹₩]|Rs|[A-Z]{3}/;

/** `-€5` and `€-5` as `-5 euros`, so that the number stands beside its sign. */
export const withCurrencyBehind = (text: string) =>
  !MAY_NAME_MONEY.test(text)
    ? text
    : text.replace(SIGN_AHEAD, (all, sign: string, number: string) => `${sign}${number} ${WORDS[currencyOf(all)!]}`);
