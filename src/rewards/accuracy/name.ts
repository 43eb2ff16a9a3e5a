const NAME =
  /^(?:[\p{L}\s]+|\\[a-z]+|(?:\\angle|∠)?\s*[A-Za-z]+(?:_\{?\w+\}?)?(?:'|\([^()]*\))?|\|[A-Z]{2}\||\([a-z](?:,\s*[a-z])*\)|\\overline\{[A-Z]+\})$/su;

const SYMBOL = String.raw`(?:[∠△]|\\[a-z]+)?\s*(?:\|[A-Z]{2}\||[A-Za-z]+(?:_\{?\w+\}?)?(?:'|\([^()]*\))?)`;
const RATIO_NAME = new RegExp(String.raw`^(?:${SYMBOL}(?:\s*[:/+-]\s*${SYMBOL})+|\\frac\{${SYMBOL}\}\{${SYMBOL}\})$`);

/** True for what may stand before the equals sign of an answer: a variable, a point, a ratio of lengths, words. */
export const isName = (text: string) => NAME.test(text) || RATIO_NAME.test(text);

/** Letters of a product: `xy`, `abc`. */
const PRODUCT =
  /(?<![a-zA-Z])(?:(?!is|it|of|be|to|in|at|as|by|he|we|no|on|up|so)[a-z]{2}|[b-df-hj-np-tv-z]{3}|abc|def|uvw)$/;
/** `Let x = 7` and `if x = 7` give what is assumed. */
export const CONDITION = /^(?:let|if|when|where|suppose|assume|given|for|with|since|because|as|while)\s/i;
/** Segments, or volumes and areas that are told apart by their index: `AB`, `V_1`. */
const MEASURED = String.raw`(?:\|?[A-Z]{2}\|?|[A-Z]_\{?\w+\}?)`;
const MEASURED_RATIO = new RegExp(
  String.raw`^(?:${MEASURED}\s*[:/]\s*${MEASURED}|\\frac\{${MEASURED}\}\{${MEASURED}\})$`,
);

const FUNCTION = '(?:sin|cos|tan|cot|sec|csc)';
const UNKNOWN_ANGLE = String.raw`(?:[a-z]|\\[a-z]+)`;
const FUNCTION_OF_UNKNOWN = new RegExp(
  String.raw`(?<![\p{L}\d)}\\])(?:\\${FUNCTION}\s*|${FUNCTION}(?=[\s(\\])\s*)(?:${UNKNOWN_ANGLE}|\(\s*${UNKNOWN_ANGLE}\s*\))$`,
  'u',
);

/** `\sin x`, `the value of tan(x)`, `\cos\theta`: of an angle that no figure names, as it does in `\sin A`. */
export const isFunctionOfUnknown = (text: string) => FUNCTION_OF_UNKNOWN.test(text.trimEnd());

/**
 * True for the name of one thing, which its value answers: a variable, a length, the ratio of two lengths. `a + b`, `xy`,
 * `a/b` and `sin x` are made of unknowns: a value for them is a step on the way, unless the question asks for just that.
 */
export const isNameOfOne = (text: string) =>
  MEASURED_RATIO.test(text) ||
  (NAME.test(text) && !PRODUCT.test(text) && !CONDITION.test(text) && !isFunctionOfUnknown(text));

/** Takes `P =` off a collection. */
export const withoutName = (plain: string) => {
  const at = plain.indexOf('=');
  const name = plain.slice(0, at).trim();
  const isNamed = at > 0 && plain.indexOf('=', at + 1) < 0 && isName(name);
  const value = plain.slice(at + 1).trim();
  return isNamed && (isNameOfOne(name) || /[:,;]/.test(value)) ? value : plain;
};
