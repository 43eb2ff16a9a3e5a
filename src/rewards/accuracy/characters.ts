const ZERO_WIDTH = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const PUNCTUATION: Record<string, string> = {
  '。': '. ',
  '｡': '. ',
  '、': ', ',
  '،': ',',
  '؛': ';',
  '؟': '?',
  '٫': '.',
};
const OTHER_PUNCTUATION = /[。｡、،؛؟٫]/g;

/**
 * One spelling for characters that keyboards and scripts have several of: digits, full-width forms, dashes that stand for
 * a minus, quotation marks, full stops and commas. What has a meaning of its own (`²`, `½`, `°`) stays.
 */
export function plainCharacters(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return text;
  return text
    .replace(ZERO_WIDTH, '')
    .replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/(?![0-9])\p{Nd}/gu, (digit) => String(digitValue(digit)))
    .replace(/[①-⑳]+/g, (marks) => Array.from(marks, (mark) => mark.normalize('NFKC')).join(', '))
    .replace(/(?<=\d)٬(?=\d)/g, ',')
    .replace(/[−–‐‑‒⁃﹣]|(?<=^|[\s$({])[—―](?=\d)|(?<=\d)\s?[—―]\s?(?=\d)/g, '-')
    .replace(/[“”„‟«»「」『』]/g, '"')
    .replace(/[‘’‚‛]/g, "'")
    .replace(/٪/g, '%')
    .replace(OTHER_PUNCTUATION, (mark) => PUNCTUATION[mark]);
}

/** Decimal digits of every script stand in runs of ten, in order. */
function digitValue(digit: string): number {
  let value = 0;
  const codePoint = digit.codePointAt(0)!;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(codePoint - value - 1))) value += 1;
  return value;
}
