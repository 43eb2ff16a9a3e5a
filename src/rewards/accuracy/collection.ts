import { splitTopLevel } from './split.ts';
import { saysNone } from './words.ts';

/** Several answers in one. */
export interface Collection {
  /** `list` is bare (`1, 2 and 4`), `tuple` has brackets, `matrix` holds its rows as tuples. */
  kind: 'set' | 'list' | 'tuple' | 'ratio' | 'matrix';
  /** What encloses a tuple, so that `[0,1)` and `[0,1]` differ; empty for all others. */
  brackets: string;
  items: string[];
  /** Each item is an equation with a name of its own, `p = 5, q = 2`; in the order of the names where they have one. */
  isNamed?: boolean;
  /** Each item was said of one name, `x = 1 or x = 2`. */
  hasOneName?: boolean;
  /** Joined by "or": no pair. */
  isAlternative?: boolean;
}

const MATRIX = /^\\begin\s*\{([pbBvV]?matrix|array|cases)\}\s*(?:\{[lcr|\s]*\})?(.*)\\end\s*\{\1\}$/s;

/** Reads a normalized answer as a collection; undefined where it is a single thing. */
export function readCollection(plain: string): Collection | undefined {
  if (saysNone(plain)) return { kind: 'set', brackets: '', items: [] };
  return readMatrix(plain) ?? readPlusMinus(plain) ?? readBracketed(plain) ?? readRatio(plain) ?? readList(plain);
}

/** A single column or row is a tuple, as vectors are written both ways; `vmatrix` is a determinant. */
function readMatrix(plain: string): Collection | undefined {
  const bracketed = /^([([])?(\\begin.*?)([)\]])?$/s.exec(plain);
  const match = bracketed && MATRIX.exec(bracketed[2]);
  if (!match || /^v/i.test(match[1])) return undefined;
  const rows = match[2].split('¶').map((row) => row.split('&').map((cell) => cell.trim()));
  const filled = rows.filter((row) => row.some((cell) => cell !== ''));
  if (filled.every((row) => row.length === 1))
    return orderByName({ kind: 'tuple', brackets: '()', items: filled.flat() });
  if (filled.length === 1) return { kind: 'tuple', brackets: '()', items: filled[0] };
  return { kind: 'matrix', brackets: '', items: filled.map((row) => `(${row.join(',')})`) };
}

/** `\pm 2` is 2 and -2; where several signs stand together, all are upper or all lower. */
function readPlusMinus(plain: string): Collection | undefined {
  if (!/[±∓]/.test(plain)) return undefined;
  const upper = plain.replaceAll('±', '+').replaceAll('∓', '-');
  const lower = plain.replaceAll('±', '-').replaceAll('∓', '+');
  const list = readCollection(upper);
  if (list?.kind === 'tuple' || list?.kind === 'ratio' || list?.kind === 'matrix') {
    return { kind: 'set', brackets: '', items: [upper, lower] };
  }
  const items = [upper, lower].flatMap((side) => readCollection(side)?.items ?? [side]);
  return { kind: 'set', brackets: '', items: items.map((item) => item.replace(/^\s*\+\s*/, '')) };
}

function readBracketed(plain: string): Collection | undefined {
  const inSet = plain.replace(/^[a-z]\s*∈\s*(?=\\\{)/i, '');
  const set = /^\\\{(.*)\\\}$/s.exec(inSet);
  if (set && isEnclosed(inSet.slice(1)))
    return { kind: 'set', brackets: '', items: splitTopLevel(set[1].replace(/\\$/, ''), /[,;]/) };
  const bracketed = /^([([]|\\langle)(.*?)([)\]]|\\rangle)$/s.exec(plain);
  if (!bracketed || !isEnclosed(plain)) return undefined;
  const items = splitTopLevel(bracketed[2], /[,;]/);
  if (items.length < 2) return undefined;
  if (bracketed[1] === '[' && items.every((item) => /^\[.*\]$/s.test(item))) {
    return { kind: 'matrix', brackets: '', items: items.map((item) => `(${item.slice(1, -1)})`) };
  }
  const brackets = (bracketed[1] + bracketed[3]).replace('\\langle\\rangle', '()');
  return { kind: 'tuple', brackets, items };
}

/** True where the first bracket closes with the last character, so `(1,2),(3,4)` is not one tuple. */
function isEnclosed(plain: string): boolean {
  let depth = 0;
  for (let index = 0; index < plain.length; index += 1) {
    if ('([{'.includes(plain[index])) depth += 1;
    if (')]}'.includes(plain[index])) depth -= 1;
    if (depth === 0 && index > 0 && '([{'.includes(plain[0])) return index === plain.length - 1;
  }
  return depth === 0;
}

/** `2 : 3`, `2 to 3`. */
function readRatio(plain: string): Collection | undefined {
  const inWords = /^(\d+(?:\.\d+)?) to (\d+(?:\.\d+)?)$/.exec(plain);
  if (inWords) return { kind: 'ratio', brackets: '', items: [inWords[1], inWords[2]] };
  const items = plain.includes(':') ? splitTopLevel(plain, /:/) : [];
  return items.length > 1 && !/[,;∈|]/.test(plain) ? { kind: 'ratio', brackets: '', items } : undefined;
}

function readList(plain: string): Collection | undefined {
  const items = splitTopLevel(
    plain.replace(/,?\s+(?:and|or|und|oder)\s+|\s*(?:或者?|和|及|与|または|또는|와|과)\s*(?=[\d\\(-])/g, ','),
    /[,;]/,
  );
  if (items.length < 2) return undefined;
  const shared = shareName(items);
  const list = orderByName({ kind: 'list', brackets: '', items: shared });
  return { ...list, hasOneName: shared !== items, isAlternative: /\s(?:or|oder)\s|或|または|또는/.test(plain) };
}

/** Names that follow one another in the alphabet have an order, `x, y` or `p, q`; others keep that of the answer. */
function orderByName(collection: Collection): Collection {
  const names = collection.items.map((item) =>
    /(?<=^|\s)\\?[a-zA-Z]+(?:_\{?\w+\}?)?\s*=(?!.*=)/.exec(item)?.[0].replace(/[\s={}]/g, ''),
  );
  if (names.some((name) => name === undefined) || new Set(names).size !== names.length) return collection;
  const byName = names
    .map((name, index) => [name!, collection.items[index]] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const isSeries = byName.every(([name], index) => index === 0 || follows(byName[index - 1][0], name));
  return { ...collection, items: isSeries ? byName.map(([, item]) => item) : collection.items, isNamed: true };
}

const follows = (name: string, next: string) =>
  name.slice(0, -1) === next.slice(0, -1) && name.charCodeAt(name.length - 1) + 1 === next.charCodeAt(next.length - 1);

/** `x = 1, 2` names both: so does `x = 1, x = 2`; `x = 1, y = 2` keeps the order of its names. */
function shareName(items: string[]): string[] {
  const parts = items.map((item) => /^\s*([a-zA-Z])(?:_\{?\w\}?)?\s*=\s*(.*)$/s.exec(item));
  const [first] = parts;
  if (!first) return items;
  const isOneName = parts.every((part) => part === null || part[1] === first[1]);
  return isOneName ? items.map((item, index) => parts[index]?.[2] ?? item) : items;
}
