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

/** `_{8}` is `_8`; before a digit the braces tell `x_{1}2` from `x_{12}`. */
const SUBSCRIPT = /_\s*\{\s*(?:\(\s*)?(\p{L}|\d+)(?:\s*\))?\s*\}(?!\d)/gu;

function normalize(text: string): string {
  const unwrapped = unwrap(dropMarkup(spellOutCharacters(text)).replace(SUBSCRIPT, '_$1')).replace(/\s+/g, ' ');
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

const DRESS =
  /\\(?:textcolor|colorbox)\s*(?:\[[^\]]*\])?\{[^{}]*\}|\\color\s*(?:\[[^\]]*\])?\{[^{}]*\}|\\(?:tiny|small|normalsize|[lL]arge|LARGE|huge|Huge|bf|rm|it|sf|tt|bfseries|displaylimits|nonumber|notag)(?![a-zA-Z])|\\(?:begin|end)\s*\{(?:aligned|align\*?|equation\*?|gathered|split|math|displaymath)\}|\\(?:label|tag)\s*\{[^{}]*\}|\\(?:phantom|hphantom|vphantom|hspace|vspace)\*?\s*\{[^{}]*\}/g;

function dropMarkup(source: string): string {
  const text = source.includes('\\') ? source.replace(DRESS, ' ') : source;
  const rows = text.includes('\\begin')
    ? text.replace(/\\\\(?:\[[^\]]*\])?/g, '¶')
    : text.replace(/\\\\(?=[a-zA-Z])/g, '\\');
  return rows
    .replace(/(?<![\w)}])\*\*|\*\*(?![\w({\\-])/g, '')
    .replace(/\*\*/g, '^')
    .replace(/\\[()[\]]|\\\$|\\textdollar|\\(?:pounds|euro)(?![a-zA-Z])|\$|[€£¥₹₩]/g, ' ')
    .replace(/(?<![\p{L}\d])(?:US|Rs\.?|INR|USD|EUR|CNY|RMB)\s*(?=\d)/gu, '');
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
  [/(?<=[\d}])\\,(?=\\?[a-zA-Z])/g, ' '],
  [/\\[,!]|\\q?quad(?![a-zA-Z])(?=\s*$)/g, ''],
  [/(?:\\[;:]|\\ |~|\\q?quad(?![a-zA-Z]))+/g, ' '],
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
  [/\\(?:leqq|leqslant)(?![a-zA-Z])|[≦⩽]|=<|&le;/g, '≤'],
  [/\\geqq(?![a-zA-Z])|[≧⩾]|&ge;/g, '≥'],
  [/\\not\s*=|\/=|&ne;/g, '≠'],
  [/\\mathbb\s*([A-Z])/g, '$1'],
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/\\(?:sim|cong)(?![a-zA-Z])|[≃≅∼≒]/g, '≈'],
  [/\\(?:backslash|smallsetminus)(?![a-zA-Z])|[∖⧵]/g, '\\setminus'],
  [/^\(([0-9A-Za-z]+)\)_/g, '$1_'],
  [/(?<=^[0-9A-F]+)\s*(?:\(\s*base\s*(\d+)\s*\)|(?:in\s+)?base\s*(\d+))$/g, '_$1$2'],
  [/\\(?:to|rightarrow|longrightarrow)(?![a-zA-Z])/g, '→'],
  [/\\(?:Rightarrow|implies)(?![a-zA-Z])/g, '⇒'],
  [/\\(?:parallel)(?![a-zA-Z])|∥/g, '∥'],
  [/\\perp(?![a-zA-Z])/g, '⊥'],
  [/\\angle(?![a-zA-Z])/g, '∠'],
  [/\\(?:triangle|bigtriangleup|vartriangle)(?![a-zA-Z])|(?:\\Delta|[△▵Δ∆])(?=\s*[A-Z]{3})/g, '△'],
  [/\\Omega(?![a-zA-Z])|Ω/g, 'Ω'],
  [/\\mu(?=\s*[a-zA-Z])|µ/g, 'μ'],
  [/\\(?:square|Box|blacksquare)(?![a-zA-Z])/g, '□'],
  [/\\prime(?![a-zA-Z])|′|\^\s*\{?\s*(?:\\prime|′)\s*\}?/g, "'"],
  [/\\(?:ldots|dots|cdots)(?![a-zA-Z])/g, '...'],
  [/√\s*\(([^()]*)\)/g, '\\sqrt{$1}'],
];

const GREEK: Record<string, string> = {
  ...{ α: 'alpha', β: 'beta', γ: 'gamma', δ: 'delta', ε: 'epsilon', ϵ: 'epsilon', ζ: 'zeta', η: 'eta', θ: 'theta' },
  ...{ ϑ: 'theta', ι: 'iota', κ: 'kappa', λ: 'lambda', ν: 'nu', ξ: 'xi', ρ: 'rho', σ: 'sigma', τ: 'tau' },
  ...{ υ: 'upsilon', φ: 'phi', ϕ: 'phi', χ: 'chi', ψ: 'psi', ω: 'omega' },
};
/** Greek letters as their commands, which the parser reads; π, Ω and the micro sign are constants and units. */
const spellGreek = (text: string) =>
  text
    .replace(/\\var(epsilon|phi|theta|rho|sigma|kappa)(?![a-zA-Z])/g, '\\$1')
    .replace(/[α-κλνξρστυφχψωϵϑϕ]/g, (letter) => (GREEK[letter] ? `\\${GREEK[letter]} ` : letter));

const unifyCommands = (text: string) =>
  SPELLINGS.reduce((plain, [pattern, spelling]) => plain.replace(pattern, spelling), spellGreek(text));

/** `1,234,567` and `1 234 567` become `1234567`; `(1,234)` stays a pair, and `1, 234` a list. */
function joinThousands(text: string): string {
  if (/^\s*(?:\\\{|[([{])/.test(text)) return text;
  return text
    .replace(/(?<![\d.,])[1-9]\d{0,2}(,\d{3})+(?![\d,])/g, (digits) => digits.replaceAll(',', ''))
    .replace(/(?<![\d.,]|\d )[1-9]\d{0,2}( \d{3})+(?! ?[\d/,])/g, (digits) => digits.replaceAll(' ', ''));
}
