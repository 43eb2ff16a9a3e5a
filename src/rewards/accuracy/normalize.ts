import { plainCharacters } from './characters.ts';
import { withBookedSign } from './currency.ts';
import { remembering } from './remembering.ts';
import { unifySpelling } from './spelling.ts';

const WRAPPERS =
  /\\(?:text(?:bf|it|rm|sf|tt|normal)?|math(?:rm|bf|it|sf|tt|cal|bb)|operatorname\*?|[mhf]?box|boxed|boldsymbol|bm|underline)\s*\{((?:[^{}]|\{[^{}]*\})*)\}/g;
const MAX_WRAPPERS = 50;

/**
 * Plain form of an answer: no math delimiters, font or spacing commands, currency signs, thousands separators or closing
 * full stop; one spelling each for fractions, products, relations, set operations and minus signs. `%` and `°` stay, as
 * does the row mark of matrices, as `¶`.
 */
export const normalizeAnswer = remembering(normalize);

/** `_{8}` is `_8`; before a digit the braces tell `x_{1}2` from `x_{12}`. */
const SUBSCRIPT = /_\s*\{\s*(?:\(\s*)?(\p{L}|\d+)(?:\s*\))?\s*\}(?!\d)/gu;

function normalize(text: string): string {
  const spelled = dropMarkup(withBookedSign(spellOutCharacters(text)));
  const unwrapped =
    spelled.includes('\\') || spelled.includes('_') ? unwrap(spelled.replace(SUBSCRIPT, '_$1')) : spelled;
  const plain = joinThousands(unifySpelling(unwrapped.replace(/\s+/g, ' '))).replace(/\s+/g, ' ');
  return readOuterBraces(dropEnd(plain.includes('...') ? plain.replace(REPEATING, '0$1\\overline{$2$3}') : plain));
}

/** The end of a sentence goes; `5...` goes on, and is no 5. */
const dropEnd = (text: string) =>
  text
    .replace(/^[→⇒∴]\s*/, '')
    .replace(/(?<![\s.,;:])[\s.,;:]+$/, (end) => (/\.{3}/.test(end) && /\d[\s.,;:]+$/.test(text) ? '...' : ''))
    .trim();

/** `0.1666...` is `0.1\overline{6}` where a digit stands three times or more digits twice. */
const REPEATING = /(?<![\d.])(\d*\.\d*?)(?:(\d)\2{2,}|(\d{2,6})\3+)\.{3,4}$/;

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
    .replace(/[⁻⁺]?[⁰¹²³⁴-⁹]+[⁻⁺]?/g, (script) => `^{${Array.from(script, (mark) => mark.normalize('NFKC')).join('')}}`)
    .replace(/[₀-₉]+/g, (script) => `_{${script.normalize('NFKC')}}`)
    .replace(/º/g, '°')
    .normalize('NFKC')
    .replace(/−/g, '-');
}

const DRESS =
  /\\(?:textcolor|colorbox)\s*(?:\[[^\]]*\])?\{[^{}]*\}|\\color\s*(?:\[[^\]]*\])?\{[^{}]*\}|\\(?:tiny|small|normalsize|[lL]arge|LARGE|huge|Huge|bf|rm|it|sf|tt|bfseries|displaylimits|nonumber|notag)(?![a-zA-Z])|\\(?:begin|end)\s*\{(?:aligned|align\*?|equation\*?|gathered|split|math|displaymath)\}|\\(?:label|tag)\s*\{[^{}]*\}|\\(?:phantom|hphantom|vphantom|hspace|vspace)\*?\s*\{[^{}]*\}/g;

function dropMarkup(source: string): string {
  const text = source.includes('\\') ? source.replace(DRESS, ' ') : source;
  const rows = text.includes('\\begin')
    ? text.replace(/\\\\(?:\[[^\]]*\])?/g, '¶')
    : text.replace(/\\\\(?=[a-zA-Z])/g, '\\');
  const unmarked = rows.includes('**')
    ? rows.replace(/(?<![\w)}])\*\*|\*\*(?![\w({\\-])/g, '').replace(/\*\*/g, '^')
    : rows;
  return unmarked
    .replace(/\\[()[\]]|\\\$|\\textdollar|\\(?:pounds|euro)(?![a-zA-Z])|\$|[€£¥₹₩]/g, ' ')
    .replace(/(?<![\p{L}\d])(?:US|Rs\.?|INR|USD|EUR|CNY|RMB)\s{0,2}(?=\d)/gu, '');
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

/** `1,234,567` and `1 234 567` become `1234567`; `(1,234)` stays a pair, and `1, 234` a list. */
function joinThousands(text: string): string {
  if (/^\s*(?:\\\{|[([{])/.test(text)) return text;
  return text
    .replace(/(?<![\d.,])[1-9]\d{0,2}(,\d{3})+(?![\d,])/g, (digits) => digits.replaceAll(',', ''))
    .replace(/(?<![\d.,]|\d )[1-9]\d{0,2}( \d{3})+(?! ?[\d/,])/g, (digits) => digits.replaceAll(' ', ''));
}
