const MAX_LENGTH = 4000;
const LEAD =
  /^(?:(?:so|thus|hence|therefore|then|well|answer|it is|this is|that is|i think|i would say)[,:]?\s+){0,2}/i;
const MEANING: Record<string, 'yes' | 'no'> = { yes: 'yes', true: 'yes', no: 'no', false: 'no' };

/**
 * What a text that begins with yes or no says, whatever reason follows. Undefined where it begins with neither, or where
 * the other stands in the same sentence, or alone in a later one.
 */
export function readYesOrNo(text: string): 'yes' | 'no' | undefined {
  const plain = text
    .slice(0, MAX_LENGTH)
    .replace(/\\(?:text|math)[a-z]*\s*\{|\\boxed\s*\{|[*_"`$#>{}]/g, '')
    .trim();
  const [first, ...later] = plain
    .replace(LEAD, '')
    .replace(/^(?!(?:[^,]*?\s)?(?:yes|no|not|true|false)\b[^,]*,)[^,.!?\n]{1,80},\s*(?=(?:yes|no)\b)/i, '')
    .split(/(?<=[.!?])\s+|\n+/);
  const word = /^(yes|no|true|false)\b(?![-'])/i.exec(first)?.[1].toLowerCase();
  if (word === undefined || first.trim().endsWith('?')) return undefined;
  const isTakenBack = /\b(?:actually|wait|however|but|maybe|perhaps|or)\b/i.test(first);
  const others = [
    ...(first.match(/\b(?:yes|no|true|false)\b/gi) ?? []),
    ...(later.join('\n').match(/\b(?:yes|no|true|false)\b(?=\s*(?:[,.!;\n]|$))/gi) ?? []),
  ];
  const isOne = others.every((other) => MEANING[other.toLowerCase()] === MEANING[word]);
  return isOne && !isTakenBack ? MEANING[word] : undefined;
}
