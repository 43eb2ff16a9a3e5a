import type { Comparison } from './equivalence.ts';
import { parseNumberWords } from './words.ts';

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const MONTH = String.raw`(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`;
const WEEKDAY = String.raw`(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?`;
const MONTH_FIRST = new RegExp(String.raw`^${WEEKDAY}${MONTH}\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$`, 'i');
const DAY_FIRST = new RegExp(
  String.raw`^${WEEKDAY}(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?${MONTH}(?:,?\s+(\d{4}))?$`,
  'i',
);
const ISO = /^(\d{4})(?:[-/]|\s?年\s?)(\d\d?)(?:[-/]|\s?月\s?)(\d\d?)(?:\s?[日号])?$/;
const TIME = /^(\d{1,2})(?::([0-5]\d))?(?::([0-5]\d))?\s*([ap])?(?:\.?m\.?)?$/i;
const SPOKEN = /^(?:at\s+)?([a-z]+)[\s-]+(oh[\s-]+)?([a-z]+(?:-[a-z]+)?)(\s*[ap]\.?m\.?)?$/i;
const MAX_LENGTH = 60;
const IN_WORDS =
  /^(?:at\s+)?(?:an?\s+)?(half|quarter|\d{1,2}|[a-z]+(?:-[a-z]+)?)(?:\s+minutes?)?[\s-]+(past|after|to|before)\s+(\d{1,2}|[a-z]+)(?:\s+o'clock)?(\s*[ap]\.?m\.?)?$/i;

/** Every date and time begins with a digit or word, and is no bare number. */
const MAY_BE_WRITTEN = /^(?=[a-z\d]).*[a-z:/.年-]/is;

interface Day {
  year: string | undefined;
  month: number;
  day: number;
}

/** Compares dates and times of day; undefined where neither side is plainly one. */
export function compareCalendar(answer: string, gold: string): Comparison | undefined {
  if (answer.length > MAX_LENGTH || gold.length > MAX_LENGTH) return undefined;
  if (!MAY_BE_WRITTEN.test(answer) || !MAY_BE_WRITTEN.test(gold)) return undefined;
  const [a, b] = [readDays(answer), readDays(gold)];
  if (a.length > 0 && b.length > 0 && (isWritten(answer) || isWritten(gold))) return compareDays(a, b);
  const [x, y] = [readTime(withColon(answer, gold)), readTime(gold)];
  const areClocks = CLOCK.test(withColon(answer, gold)) && CLOCK.test(gold) && (x ?? y) !== undefined;
  if (areClocks && !(x && y)) return 'different';
  const isTime = areClocks || [x, y].some((time) => time?.isPlain);
  return x && y && isTime ? compareTimes(x, y) : undefined;
}

/** `6.30` as `6:30`, where that is how the gold is written. */
const withColon = (answer: string, gold: string) =>
  /^\d{1,2}:\d\d(?!\d|:)/.test(gold) ? answer.replace(/^(\d{1,2})\.(?=[0-5]\d(?!\d))/, '$1:') : answer;

/** Minutes of two digits on both sides: never two ratios that happen to have one value. */
const CLOCK = /^\d{1,2}(?::\d\d){1,2}$/;

/** A month's name or the ISO form: `3/4/2021` alone might be a quotient. */
const isWritten = (plain: string) => /[a-z]{3}/i.test(plain) || ISO.test(plain);

/** All readings: `3/4/2021` is a day in March or in April. */
function readDays(plain: string): Day[] {
  const monthFirst = MONTH_FIRST.exec(plain);
  if (monthFirst) return [{ year: monthFirst[3], month: monthIndex(monthFirst[1]), day: Number(monthFirst[2]) }];
  const dayFirst = DAY_FIRST.exec(plain);
  if (dayFirst) return [{ year: dayFirst[3], month: monthIndex(dayFirst[2]), day: Number(dayFirst[1]) }];
  const iso = ISO.exec(plain);
  if (iso) return [{ year: iso[1], month: Number(iso[2]), day: Number(iso[3]) }];
  const slashed = /^(\d\d?)[/.](\d\d?)[/.](\d{4})$/.exec(plain);
  if (!slashed) return [];
  const [first, second] = [Number(slashed[1]), Number(slashed[2])];
  const readings = [
    { year: slashed[3], month: first, day: second },
    { year: slashed[3], month: second, day: first },
  ];
  return readings.filter(({ month, day }) => month <= 12 && day <= 31);
}

const monthIndex = (name: string) => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

function compareDays(answer: Day[], gold: Day[]): Comparison {
  const matches = answer.filter((a) => gold.some((b) => isSameDay(a, b)));
  if (matches.length === 0) return 'different';
  const isAmbiguous = answer.length * gold.length > 1 && answer.some(({ month, day }) => month !== day);
  return isAmbiguous ? 'undecided' : 'equal';
}

const isSameDay = (a: Day, b: Day) =>
  a.month === b.month && a.day === b.day && (a.year === b.year || a.year === undefined || b.year === undefined);

interface Time {
  seconds: number;
  hasHalf: boolean;
  /** Written so that it can be nothing but a time: with am or pm, or with a padded minute. */
  isPlain: boolean;
}

/** `half past six`, `ten to six`, `six twenty` and `six o'clock` in digits. */
function withDigits(plain: string): string {
  const read = readHourAndMinute(plain);
  if (read !== undefined) return read;
  const [, given, side, at, half = ''] = IN_WORDS.exec(plain) ?? [];
  if (given === undefined)
    return plain.replace(/^[a-z]+(?=\s*o'clock$)/i, (word) => String(parseNumberWords(word) ?? word));
  const isBefore = /^(?:to|before)$/i.test(side);
  const [minutes, hour] = [minutesOf(given.toLowerCase()), Number(parseNumberWords(at) ?? at)];
  if (!(minutes > 0 && minutes < 60 && hour > 0 && hour < 13) || (isBefore && /half/i.test(given))) return plain;
  const inDay = isBefore ? ((hour + 10) % 12) + 1 : hour;
  return `${inDay}:${String(isBefore ? 60 - minutes : minutes).padStart(2, '0')}${half}`;
}

/** `six twenty`, `six oh five`, `at twelve forty-five pm`. */
function readHourAndMinute(plain: string): string | undefined {
  const [, first, zero, second, half = ''] = SPOKEN.exec(plain) ?? [];
  const [hour, minute] = [parseNumberWords(first ?? ''), parseNumberWords(second ?? '')];
  if (hour === undefined || minute === undefined || hour < 1n || hour > 12n || minute > 59n) return undefined;
  return (zero !== undefined) === minute < 10n ? `${hour}:${String(minute).padStart(2, '0')}${half}` : undefined;
}

const minutesOf = (words: string) =>
  words === 'half' ? 30 : words === 'quarter' ? 15 : Number(parseNumberWords(words) ?? words);

function readTime(plain: string): Time | undefined {
  if (/^noon$|^midday$/i.test(plain)) return { seconds: 43200, hasHalf: true, isPlain: true };
  if (/^midnight$/i.test(plain)) return { seconds: 0, hasHalf: true, isPlain: true };
  const match = TIME.exec(withDigits(plain).replace(/\s*o'clock$/i, ':00'));
  if (!match) return undefined;
  const [, rawHour, minute = '00', second = '00', half] = match;
  const isInWords = /^(?:at\s+)?[a-z]|[a-z]{4}/i.test(plain);
  if (!plain.includes(':') && !half && !isInWords) return undefined;
  const hour = Number(rawHour);
  if (hour > 24 || (half && (hour > 12 || hour === 0))) return undefined;
  const inDay = half ? (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0) : hour;
  const isPlain = half !== undefined || isInWords || (minute.startsWith('0') && plain.includes(':'));
  return { seconds: inDay * 3600 + Number(minute) * 60 + Number(second), hasHalf: half !== undefined, isPlain };
}

/** Without am or pm on one side, hours up to 12 stand for either half of the day. */
function compareTimes(a: Time, b: Time): Comparison {
  const [x, y] = [a.seconds % 86400, b.seconds % 86400];
  if (x === y) return 'equal';
  const isHalfUnknown = (!a.hasHalf && a.seconds <= 46800) || (!b.hasHalf && b.seconds <= 46800);
  return a.hasHalf !== b.hasHalf && isHalfUnknown && x % 43200 === y % 43200 ? 'equal' : 'different';
}
