const named = (spelling: string, names: string): [string, string][] => names.split(' ').map((name) => [name, spelling]);

/** LaTeX commands, by the letters behind the backslash. */
const COMMANDS = new Map<string, string>([
  ...named('\\frac', 'tfrac dfrac cfrac'),
  ...named('*', 'cdot times ast'),
  ...named('/', 'div'),
  ...named('≤', 'le leq leqq leqslant'),
  ...named('≥', 'ge geq geqq geqslant'),
  ...named('<', 'lt'),
  ...named('>', 'gt'),
  ...named('≠', 'ne neq'),
  ...named('=', 'equiv'),
  ...named('≈', 'approx simeq doteq sim cong'),
  ...named('∈', 'in'),
  ...named('∪', 'cup'),
  ...named('∩', 'cap'),
  ...named('\\vec', 'overrightarrow'),
  ...named('', 'checkmark'),
  ...named('\\{\\}', 'emptyset varnothing'),
  ...named('\\setminus', 'backslash smallsetminus'),
  ...named('±', 'pm'),
  ...named('∓', 'mp'),
  ...named('∞', 'infty'),
  ...named('\\{', 'lbrace'),
  ...named('\\}', 'rbrace'),
  ...named('[', 'lbrack'),
  ...named(']', 'rbrack'),
  ...named('|', 'vert lvert rvert mid'),
  ...named(':', 'colon'),
  ...named('...', 'ldots dots cdots'),
  ...named('→', 'to rightarrow longrightarrow'),
  ...named('⇒', 'Rightarrow implies'),
  ...named('∥', 'parallel'),
  ...named('⊥', 'perp'),
  ...named('∠', 'angle'),
  ...named('△', 'triangle bigtriangleup vartriangle'),
  ...named('□', 'square Box blacksquare'),
  ...named('Ω', 'Omega'),
  ...named("'", 'prime'),
  ...named('\\tan', 'tg'),
  ...['epsilon', 'phi', 'theta', 'rho', 'sigma', 'kappa'].map((name): [string, string] => [`var${name}`, `\\${name}`]),
]);

const each = (spelling: string, characters: string): [string, string][] =>
  Array.from(characters, (character) => [character, spelling]);

/** Characters beyond ASCII; Greek letters become commands, but for π, Ω and the micro sign: constants and units. */
const CHARACTERS = new Map<string, string>([
  ...each('*', '×·⋅∙'),
  ...each('/', '÷⁄'),
  ...each('≤', '≦⩽'),
  ...each('≥', '≧⩾'),
  ...each('≈', '≃≅∼≒'),
  ...each(':', '∶'),
  ...each('\\{\\}', '∅'),
  ...each('\\setminus', '∖⧵'),
  ...each('△', '▵'),
  ...each('Ω', '\u2126'),
  ...each('μ', '\u00b5'),
  ...each("'", '′'),
  ...Object.entries({
    ...{ alpha: 'α', beta: 'β', gamma: 'γ', delta: 'δ', epsilon: 'εϵ', zeta: 'ζ', eta: 'η', theta: 'θϑ', iota: 'ι' },
    ...{ kappa: 'κ', lambda: 'λ', nu: 'ν', xi: 'ξ', rho: 'ρ', sigma: 'σ', tau: 'τ', upsilon: 'υ', phi: 'φϕ' },
    ...{ chi: 'χ', psi: 'ψ', omega: 'ω' },
  }).flatMap(([name, letters]) => each(`\\${name} `, letters)),
]);

/** What depends on what stands around it. */
const LATEX: [RegExp, string][] = [
  [/\\(?:left|right|displaystyle|limits|[bB]igg?[lr]?)(?![a-zA-Z])\.?/g, ''],
  [/(?<=[\d}a-zA-Z])\\,(?=\\?[a-zA-Z])/g, ' '],
  [/\\[,!]|\\q?quad(?![a-zA-Z])(?=\s*$)/g, ''],
  [/(?:\\[;:]|\\ |\\q?quad(?![a-zA-Z]))+/g, ' '],
  [/\^\s*\{\s*\\(?:circ|degree)\s*\}|\^?\s*\\(?:circ|degree)(?![a-zA-Z])/g, '°'],
  [/\\%/g, '%'],
  [/\\not\s*=/g, '≠'],
  [/\\mathbb\s*([A-Z])/g, '$1'],
  [/\\Delta(?=\s*[A-Z]{3})/g, '△'],
  [/\\mu(?=\s*[a-zA-Z])/g, 'μ'],
  [/\^\s*\{?\s*\\prime(?![a-zA-Z])\s*\}?/g, "'"],
];
const PLAIN: [RegExp, string][] = [
  [/\\frac\s*(\d)\s*(\d)/g, '\\frac{$1}{$2}'],
  [/\{?\s*(?<!\d)(\d{1,6})\s*\\?choose\s*(\d{1,6})\s*\}?/g, '\\binom{$1}{$2}'],
  [/\\sqrt\s*(\d)/g, '\\sqrt{$1}'],
  [/√\s*\(([^()]*)\)/g, '\\sqrt{$1}'],
  [/[Δ∆](?=\s*[A-Z]{3})/g, '△'],
  [/<=|=<|&le;/g, '≤'],
  [/>=|&ge;/g, '≥'],
  [/!=|\/=|&ne;/g, '≠'],
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/\+\/-/g, '±'],
  [/:=/g, '='],
  [/(?<=\d)\s*[xX]\s*(?=10\s*\^)/g, '*'],
  [/(?<=\d)~(?=\d)/g, '-'],
  [/\\overline\s*\{\s*([A-Z]{2})\s*\}/g, '$1'],
  [/~+/g, ' '],
  [/(?<=^\d{1,9})\s*,?\s*(?:R|r|(?:with (?:a )?)?remainder(?: of)?|余)\s*(?=\d{1,9}$)/g, ' R '],
  [/\{,\}/g, ','],
  [/^\(([0-9A-Za-z]+)\)_/g, '$1_'],
  [/(?<=^[0-9A-F]+)\s*(?:\(\s*base\s*(\d+)\s*\)|(?:in\s+)?base\s*(\d+))$/g, '_$1$2'],
];
/** None of the above is in words and numbers alone. */
const NEEDS_SPELLING = /[^\w\s.,;:'"()[\]%*^-]|_|choose|base|remainder|\d\s*[Rr]\s*\d|[xX]\s*10/;

/** What the above begin with, so that most texts skip them all. */
const NEEDS_LATEX = /\\(?:[,!;: %]|left|right|displaystyle|limits|[bB]ig|q?quad|circ|degree|not|mathbb|Delta|mu|prime)/;
const NEEDS_PLAIN = /\\(?:frac|sqrt|overline)|[√Δ∆<>&=~)]|\+\/|\{,\}|choose|base|[Rr余]\s*\d|remainder|[xX]\s*10/;

const replaceAll = (text: string, spellings: [RegExp, string][]) =>
  spellings.reduce((plain, [pattern, spelling]) => plain.replace(pattern, spelling), text);

/** One spelling each for commands and characters that mean the same. */
export function unifySpelling(text: string): string {
  if (!NEEDS_SPELLING.test(text)) return text;
  const spelled = text.includes('\\')
    ? (NEEDS_LATEX.test(text) ? replaceAll(text, LATEX) : text).replace(
        /\\([a-zA-Z]+)/g,
        (command, name) => COMMANDS.get(name) ?? command,
      )
    : text;
  const plain = NEEDS_PLAIN.test(spelled) ? replaceAll(spelled, PLAIN) : spelled;
  return plain.replace(/[^\0-\x7f]/gu, (character) => CHARACTERS.get(character) ?? character);
}
