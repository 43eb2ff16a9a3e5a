import { FUNCTIONS } from './expression.ts';

/** One piece of a formula. `isSpaced`: white space stands before it, which tells `1 1/2` from `11/2`. */
export interface Token {
  text: string;
  kind: 'number' | 'command' | 'name' | 'symbol';
  isSpaced: boolean;
}

const NUMBER =
  /\d*\.\d*\\(?:overline|dot|bar)\{\d{1,40}\}|\d*\.\d*\(\d{1,40}\)(?!\d)|\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3}(?!\d))?|\.\d+/;
const TOKEN = new RegExp(String.raw`(${NUMBER.source})|(\\[a-zA-Z]+)|([a-zA-Z]+)|([-+*/^(){}[\]|!°%_√π∞])`, 'y');
const MAX_TOKENS = 400;
/** Longer runs of letters are words, not products of variables. */
const MAX_LETTERS = 3;

const NAMES = new Set<string>([
  ...FUNCTIONS.filter((name) => name !== 'factorial' && name !== 'degree'),
  'sqrt',
  'pi',
  'infinity',
  'inf',
  'lg',
]);

/** Splits a normalized answer into tokens; undefined where something in it belongs to no formula, or it is very long. */
export function tokenize(source: string): Token[] | undefined {
  const tokens: Token[] = [];
  let position = 0;
  while (tokens.length <= MAX_TOKENS) {
    const start = position;
    while (source[position] === ' ') position += 1;
    if (position >= source.length) return tokens;
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(source);
    if (!match) return undefined;
    const isSpaced = position > start;
    position = TOKEN.lastIndex;
    const [text, number, command, letters] = match;
    if (letters === undefined) {
      tokens.push({ text, kind: number ? 'number' : command ? 'command' : 'symbol', isSpaced });
      continue;
    }
    const names = splitLetters(letters);
    if (!names) return undefined;
    tokens.push(
      ...names.map((name, index) => ({ text: name, kind: 'name' as const, isSpaced: isSpaced && index === 0 })),
    );
  }
  return undefined;
}

/** `sin` is a function, `xy` two variables, `sinx` both, `apples` nothing. */
function splitLetters(letters: string): string[] | undefined {
  if (NAMES.has(letters)) return [letters];
  const prefix = [...NAMES].find((name) => letters.startsWith(name) && letters.length === name.length + 1);
  if (prefix) return [prefix, letters.slice(prefix.length)];
  return letters.length <= MAX_LETTERS ? [...letters] : undefined;
}
