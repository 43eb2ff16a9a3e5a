import { plainCharacters } from './characters.ts';

const WRAPPERS =
  /\\(?:text(?:bf|it|rm|sf|tt|normal)?|math(?:rm|bf|it|sf|tt|cal|bb)|operatorname\*?|[mhf]?box|boxed|boldsymbol|bm|underline)\s*\{([^{}]*)\}/g;
const MAX_WRAPPERS = 50;

/** Siblings share their gold and options, and often their answers: the plain forms of the last short texts. */
const recent = new Map<string, string>();
const MAX_RECENT = 64;
const MAX_RECENT_LENGTH = 200;

/**
 * Plain form of an answer: no math delimiters, font or spacing commands, currency signs, thousands separators or closing
 * full stop; one spelling each for fractions, products, relations, set operations and minus signs. `%` and `°` stay, as
 * does the row mark of matrices, as `¶`.
 */
export function normalizeAnswer(text: string): string {
  if (text.length > MAX_RECENT_LENGTH) return normalize(text);
  const known = recent.get(text);
  if (known !== undefined) return known;
  if (recent.size === MAX_RECENT) recent.delete(recent.keys().next().value!);
  // A copy: a slice would keep the whole response that it was cut from.
  const copy = Buffer.from(text, 'utf16le').toString('utf16le');
  const plain = normalize(copy);
  recent.set(copy, plain);
  return plain;
}

function normalize(text: string): string {
  const unwrapped = unwrap(dropMarkup(spellOutCharacters(text)));
  const plain = joinThousands(unifyCommands(unwrapped)).replace(/\s+/g, ' ');
  return readOuterBraces(dropEnd(plain));
}

const dropEnd = (text: string) => text.replace(/(?<![\s.,;:])[\s.,;:]+$/, '').trim();

/** Braces around everything group it, `{A}`, or make a set of its parts, `{1, 2}`. */
function readOuterBraces(plain: string, layers = 8): string {
  if (layers === 0 || !/^\{.*[^\\]\}$/s.test(plain)) return plain;
  let depth = 0;
  let hasComma = false;
  for (let index = 0; index < plain.length - 1; index += 1) {
    if (plain[index] === '{') depth += 1;
    if (plain[index] === '}') depth -= 1;
    if (depth === 0) return plain;
    hasComma ||= plain[index] === ',' && depth === 1;
  }
  const inner = plain.slice(1, -1).trim();
  return hasComma && !/^[([]/.test(inner) && !inner.startsWith('\\{')
    ? `\\{${inner}\\}`
    : readOuterBraces(dropEnd(inner), layers - 1);
}

/** Fraction and superscript characters as formulas, before the compatibility form turns `1½` into `11/2`. */
function spellOutCharacters(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  return plainCharacters(text)
    .replace(/[¼½¾⅐-⅞]/g, (fraction) => ` ${fraction.normalize('NFKC').replace('⁄', '/')}`)
    .replace(/[⁻⁺]?[⁰¹²³⁴-⁹]+/g, (script) => `^{${Array.from(script, (mark) => mark.normalize('NFKC')).join('')}}`)
    .replace(/[₀-₉]+/g, (script) => `_{${script.normalize('NFKC')}}`)
    .replace(/º/g, '°')
    .normalize('NFKC')
    .replace(/−/g, '-');
}

function dropMarkup(text: string): string {
  const rows = text.includes('\\begin')
    ? text.replace(/\\\\(?:\[[^\]]*\])?/g, '¶')
    : text.replace(/\\\\(?=[a-zA-Z])/g, '\\');
  return rows
    .replace(/(?<![\w)}])\*\*|\*\*(?![\w({\\-])/g, '')
    .replace(/\*\*/g, '^')
    .replace(/\\[()[\]]|\\\$|\\textdollar|\$|[€£]/g, ' ');
}

function unwrap(text: string): string {
  let plain = text;
  for (let round = 0; round < MAX_WRAPPERS; round += 1) {
    const inner = plain.replace(WRAPPERS, ' $1 ');
    if (inner === plain) return plain;
    plain = inner;
  }
  return plain;
}

const SPELLINGS: [RegExp, string][] = [
  [/\\(left|right|displaystyle|limits|[bB]igg?[lr]?)(?![a-zA-Z])\.?/g, ''],
  [/\\[,!]|\\q?quad(?![a-zA-Z])(?=\s*$)/g, ''],
  [/\\[;:]|\\ |~|\\q?quad(?![a-zA-Z])/g, ' '],
  [/\^\s*\{\s*\\(?:circ|degree)\s*\}|\^?\s*\\(?:circ|degree)(?![a-zA-Z])/g, '°'],
  [/\\%/g, '%'],
  [/\\[tdc]frac(?![a-zA-Z])/g, '\\frac'],
  [/\\frac\s*(\d)\s*(\d)/g, '\\frac{$1}{$2}'],
  [/\{?\s*(?<!\d)(\d{1,6})\s*\\?choose\s*(\d{1,6})\s*\}?/g, '\\binom{$1}{$2}'],
  [/\\sqrt\s*(\d)/g, '\\sqrt{$1}'],
  [/[×·⋅∙]|\\(cdot|times|ast)(?![a-zA-Z])/g, '*'],
  [/[÷⁄]|\\div(?![a-zA-Z])/g, '/'],
  [/\\(leqslant|leq|le)(?![a-zA-Z])|<=/g, '≤'],
  [/\\(geqslant|geq|ge)(?![a-zA-Z])|>=/g, '≥'],
  [/\\lt(?![a-zA-Z])/g, '<'],
  [/\\gt(?![a-zA-Z])/g, '>'],
  [/\\(neq|ne)(?![a-zA-Z])|!=/g, '≠'],
  [/\\in(?![a-zA-Z])/g, '∈'],
  [/\\cup(?![a-zA-Z])/g, '∪'],
  [/\\(emptyset|varnothing)(?![a-zA-Z])|∅/g, '\\{\\}'],
  [/\\pm(?![a-zA-Z])|\+\/-/g, '±'],
  [/\\mp(?![a-zA-Z])/g, '∓'],
  [/\\infty(?![a-zA-Z])/g, '∞'],
  [/\\lbrace(?![a-zA-Z])/g, '\\{'],
  [/\\rbrace(?![a-zA-Z])/g, '\\}'],
  [/\\lbrack(?![a-zA-Z])/g, '['],
  [/\\rbrack(?![a-zA-Z])/g, ']'],
  [/\\[lr]?vert(?![a-zA-Z])|\\mid(?![a-zA-Z])/g, '|'],
  [/\\tg(?![a-zA-Z])/g, '\\tan'],
  [/\\equiv(?![a-zA-Z])/g, '='],
  [/\\(?:approx|simeq|doteq)(?![a-zA-Z])/g, '≈'],
  [/\\colon(?![a-zA-Z])|∶/g, ':'],
  [/\{,\}/g, ','],
];

const unifyCommands = (text: string) =>
  SPELLINGS.reduce((plain, [pattern, spelling]) => plain.replace(pattern, spelling), text);

/** `1,234,567` and `1 234 567` become `1234567`; `(1,234)` stays a pair, and `1, 234` a list. */
function joinThousands(text: string): string {
  if (/^\s*(?:\\\{|[([{])/.test(text)) return text;
  return text
    .replace(/(?<![\d.,])[1-9]\d{0,2}(,\d{3})+(?![\d,])/g, (digits) => digits.replaceAll(',', ''))
    .replace(/(?<![\d.,]|\d )[1-9]\d{0,2}( \d{3})+(?! ?[\d/,])/g, (digits) => digits.replaceAll(' ', ''));
}
