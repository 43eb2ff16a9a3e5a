const NAME =
  /^(?:[\p{L}\s]+|\\[a-z]+|(?:\\angle|∠)?\s*[A-Za-z]+(?:_\{?\w+\}?)?(?:'|\([^()]*\))?|\|[A-Z]{2}\||\([a-z](?:,\s*[a-z])*\)|\\overline\{[A-Z]+\})$/su;

const SYMBOL = String.raw`(?:[∠△]|\\[a-z]+)?\s*(?:\|[A-Z]{2}\||[A-Za-z]+(?:_\{?\w+\}?)?(?:'|\([^()]*\))?)`;
const RATIO_NAME = new RegExp(String.raw`^(?:${SYMBOL}(?:\s*[:/+-]\s*${SYMBOL})+|\\frac\{${SYMBOL}\}\{${SYMBOL}\})$`);

/** True for what may stand before the equals sign of an answer: a variable, a point, a ratio of lengths, words. */
export const isName = (text: string) => NAME.test(text) || RATIO_NAME.test(text);

/** Takes `P =` off a collection. */
export const withoutName = (plain: string) => {
  const at = plain.indexOf('=');
  const isNamed = at > 0 && plain.indexOf('=', at + 1) < 0 && isName(plain.slice(0, at).trim());
  return isNamed ? plain.slice(at + 1).trim() : plain;
};
