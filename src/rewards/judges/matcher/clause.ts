import {
  CANONICAL_WORDS,
  DIRECTED_RELATIONS,
  EXCLUSIVE_CLASSES,
  FILLERS,
  HEDGES,
  NEGATIONS,
  NUMBERS_BY_WORD,
  SIGNS,
  SYMMETRIC_RELATIONS,
} from './vocabulary.ts';

/** What one clause says, with its wording taken away. */
export interface Clause {
  /** Sorted; `0.50` is `0.5`, `two` is `2`, `no` is `0`. */
  numbers: string[];
  /** Everything else that carries meaning, units left out. */
  words: ReadonlySet<string>;
  /** Those of the words (or units) that exclude others of their class. */
  exclusive: ReadonlyMap<string, ReadonlySet<string>>;
  /** The two sides of a directed relation such as `greater`, if there is one. */
  relation?: { name: string; from: ReadonlySet<string>; to: ReadonlySet<string> };
  isNegated: boolean;
  isHedged: boolean;
}

/** What may end a clause, besides a full stop; a fact that holds one itself is looked for in clauses that hold it too. */
export interface Separators {
  comma: boolean;
  and: boolean;
  operator: boolean;
}

const SENTENCE_END = /[.!;](?=\s|$)|(?<=\?)(?=\s|$)|[\n\r]|\b(?:but|while|whereas)\b/i;
const COMMA = /,(?=\D|$)/;
const AND = /\band\b|&/i;
const OPERATOR = /\s[+*/^-]\s|[+*^]/;
const TOKEN = /-?\d+(?:,\d{3})+(?:\.\d+)?|-?\d*\.?\d+(?:\/\d+)?|\p{L}+\d*'?|[+*/^-]|\?/gu;
/** Names of points, lines and figures. */
const LABEL = /^[A-Z]{1,4}\d*'?$/;

/** Text as words: LaTeX, signs and tags read aloud. */
export function readAloud(text: string): string {
  return SIGNS.reduce((spoken, [sign, word]) => spoken.replace(sign, word), text);
}

/** The separators that a fact leaves in force. */
export function separatorsFor(fact: string): Separators {
  const isSymmetric = tokensOf(fact).some((token) => SYMMETRIC_RELATIONS.has(token));
  return { comma: !COMMA.test(fact), and: !AND.test(fact) && !isSymmetric, operator: !OPERATOR.test(fact) };
}

/** Splits spoken text; empty pieces are left out. */
export function splitClauses(spoken: string, { comma, and, operator }: Separators): string[] {
  const patterns = [SENTENCE_END, ...(comma ? [COMMA] : []), ...(and ? [AND] : []), ...(operator ? [OPERATOR] : [])];
  const separator = new RegExp(patterns.map(({ source }) => source).join('|'), 'gi');
  return spoken.split(separator).filter((piece) => piece.trim() !== '');
}

/** Reads one clause of spoken text. */
export function readClause(text: string): Clause {
  const tokens = tokensOf(text);
  const numbers = tokens.filter(isNumber).sort();
  const meant = tokens.filter((token) => !isNumber(token) && !FILLERS.has(token));
  const said = meant.filter((token) => !NEGATIONS.has(token) && !HEDGES.has(token) && token !== '?');
  const isUnit = (token: string) => EXCLUSIVE_CLASSES.unit.has(token);
  return {
    numbers,
    words: new Set(said.filter((token) => !isUnit(token) && !DIRECTED_RELATIONS.has(token))),
    exclusive: groupExclusive(said),
    relation: findRelation(said),
    isNegated: meant.filter((token) => NEGATIONS.has(token)).length % 2 === 1,
    isHedged: meant.some((token) => HEDGES.has(token) || token === '?'),
  };
}

const isNumber = (token: string) => /\d$/.test(token) && /^[-\d.]/.test(token);

function tokensOf(text: string): string[] {
  const raw = text.match(TOKEN) ?? [];
  return raw.map((token, index) => canonicalToken(token, raw[index - 1], index === 0));
}

function canonicalToken(token: string, previous: string | undefined, isFirst: boolean): string {
  if (/^[-.\d]*\d/.test(token)) return canonicalNumber(token);
  if (token.length === 1 && !/[A-Z]/.test(token)) return token;
  const word = canonicalWord(token.toLowerCase());
  const isKnown = isVocabulary(word) && token.length > 1;
  if (isKnown || !LABEL.test(token)) return word;
  if (isFirst && (token === 'A' || token === 'I')) return token.toLowerCase();
  return canonicalLabel(token, previous);
}

/** `3`, `0.5` for `1/2`: one spelling for each value. */
function canonicalNumber(token: string): string {
  const [numerator, denominator = '1'] = token.replaceAll(',', '').split('/');
  const value = Number(numerator) / Number(denominator);
  return Number.isFinite(value) ? String(value) : token;
}

function canonicalWord(word: string): string {
  const number = NUMBERS_BY_WORD.get(word);
  if (number !== undefined) return number;
  const singular = toSingular(word);
  return CANONICAL_WORDS.get(word) ?? CANONICAL_WORDS.get(singular) ?? (FILLERS.has(word) ? word : singular);
}

function toSingular(word: string): string {
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

const isVocabulary = (word: string) =>
  FILLERS.has(word) ||
  NEGATIONS.has(word) ||
  HEDGES.has(word) ||
  SYMMETRIC_RELATIONS.has(word) ||
  DIRECTED_RELATIONS.has(word) ||
  isNumber(word) ||
  Object.values(EXCLUSIVE_CLASSES).some((members) => members.has(word));

/** AB is BA, angle ABC is angle CBA, triangle ABC is any order of its corners. */
function canonicalLabel(label: string, previous = ''): string {
  if (!/^[A-Z]{2,3}$/.test(label)) return label;
  if (label.length === 2 || canonicalWord(previous.toLowerCase()) === 'triangle') return [...label].sort().join('');
  const reversed = [...label].reverse().join('');
  return label < reversed ? label : reversed;
}

function groupExclusive(tokens: readonly string[]): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const token of tokens) {
    const name = LABEL.test(token)
      ? 'label'
      : Object.keys(EXCLUSIVE_CLASSES).find((key) => EXCLUSIVE_CLASSES[key].has(token));
    if (name !== undefined) groups.set(name, (groups.get(name) ?? new Set()).add(token));
  }
  return groups;
}

function findRelation(tokens: readonly string[]): Clause['relation'] {
  const at = tokens.findIndex((token) => DIRECTED_RELATIONS.has(token));
  if (at < 0) return undefined;
  const { name, isSwapped } = DIRECTED_RELATIONS.get(tokens[at])!;
  const before = new Set(tokens.slice(0, at));
  const after = new Set(tokens.slice(at + 1));
  return isSwapped ? { name, from: after, to: before } : { name, from: before, to: after };
}
