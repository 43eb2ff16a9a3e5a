const MAX_LENGTH = 4000;
const LEAD =
  /^(?:(?:so|thus|hence|therefore|then|well|answer|it is|this is|that is|i think|i would say)[,:]?\s+){0,2}/i;
const MEANING: Record<string, 'yes' | 'no'> = {
  ...{ yes: 'yes', true: 'yes', yeah: 'yes', yep: 'yes', correct: 'yes', sí: 'yes', oui: 'yes', ja: 'yes', да: 'yes' },
  ...{ はい: 'yes', 네: 'yes', 是: 'yes', 是的: 'yes', 对: 'yes', 正确: 'yes' },
  ...{ no: 'no', false: 'no', nope: 'no', incorrect: 'no', non: 'no', nein: 'no', нет: 'no' },
  ...{ いいえ: 'no', 아니요: 'no', 否: 'no', 不是: 'no', 不: 'no', 没有: 'no' },
};

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
  const word =
    /^(yes|no|true|false|yeah|yep|nope|(?:correct|incorrect|sí|oui|ja|да|нет|non|nein|はい|네|いいえ|아니요|是的?|对|正确|否|不是?|没有)(?=\s*(?:[,.!]|$)))(?![\p{L}'-]|\s+(?:doubt|question|problem|wonder|idea|way|answer|clue)\b)/iu
      .exec(first)?.[1]
      .toLowerCase();
  if (word === undefined || /^no\.\s*\d/i.test(plain) || first.trim().endsWith('?')) return undefined;
  const isTakenBack = /\b(?:actually|wait|however|but|maybe|perhaps|or)\b/i.test(first);
  const others = [
    ...(first.replace(/\b(?:because|since)\b.*/s, '').match(/\b(?:yes|no|true|false)\b/gi) ?? []),
    ...(later.join('\n').match(/\b(?:yes|no|true|false)\b(?=\s*(?:[,.!;\n]|$))/gi) ?? []),
  ];
  const isOne = others.every((other) => MEANING[other.toLowerCase()] === MEANING[word]);
  return isOne && !isTakenBack ? MEANING[word] : undefined;
}
