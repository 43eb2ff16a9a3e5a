const WRAPPERS =
  /\\(?:text(?:bf|it|rm|sf|tt)?|math(?:rm|bf|it|sf|tt|cal|bb)|operatorname|mbox|boldsymbol)\s*\{([^{}]*)\}/g;

/**
 * Plain form of an answer: no math delimiters, font commands, spacing commands, currency or degree signs,
 * thousands separators or closing full stop; fractions as `\frac{a}{b}`, minus as `-`. A percent sign stays.
 */
export function normalizeAnswer(text: string): string {
  let plain = text.normalize('NFKC').replace(/[−–]/g, '-').replace(/\*\*/g, '').trim();
  plain = plain.replace(/\\[()[\]]|\\\$|\\textdollar|\$|[€£]/g, ' ');
  for (let previous = ''; previous !== plain; ) {
    previous = plain;
    plain = plain.replace(WRAPPERS, ' $1 ');
  }
  plain = plain
    .replace(/\\(left|right|displaystyle|limits|bigl|bigr|big|Big)(?![a-zA-Z])/g, '')
    .replace(/\\[,;:!]|\\ |~|\\q?quad(?![a-zA-Z])/g, (space) => (space === '\\!' || space === '\\,' ? '' : ' '))
    .replace(/\^\s*\{?\s*\\circ\s*\}?|\\degree|°|º/g, ' ')
    .replace(/\\%/g, '%')
    .replace(/\\[td]frac/g, '\\frac')
    .replace(/\\frac\s*(\d)\s*(\d)/g, '\\frac{$1}{$2}')
    .replace(/\\sqrt\s*(\d)/g, '\\sqrt{$1}')
    .replace(/[×·]|\\(cdot|times)(?![a-zA-Z])/g, '*')
    .replace(/÷|\\div(?![a-zA-Z])/g, '/')
    .replace(/\\(le|leq|leqslant)(?![a-zA-Z])/g, '≤')
    .replace(/\\(ge|geq|geqslant)(?![a-zA-Z])/g, '≥')
    .replace(/\\tg(?![a-zA-Z])/g, '\\tan')
    .replace(/\{,\}/g, ',');
  return joinThousands(plain)
    .replace(/\s+/g, ' ')
    .replace(/[\s.,;:]+$/, '')
    .trim();
}

/** `1,234,567` becomes `1234567`; `(1,234)` stays a pair, and `1, 234` a list. */
function joinThousands(text: string): string {
  if (/^\s*[([{]/.test(text)) return text;
  return text.replace(/(?<![\d.,])[1-9]\d{0,2}(,\d{3})+(?![\d,])/g, (digits) => digits.replaceAll(',', ''));
}
