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

const MULTIPLE =
  /(?:^|\p{L}{2}[,:]?\s+)(?:[-+]\s*[a-z]|[-+]?\s*\d+(?:\.\d+)?\s*\*?\s*[a-z]|[a-z]\s*[-+/]\s*\d+|\d+\s*[-+/]\s*[a-z]|\|\s*[a-z]\s*\||\\frac\{[a-z]\}\{\d+\})$/iu;

/** `2x = 7` and `|x| = 7` do not say that x is 7. */
export const isMultiple = (name: string) => MULTIPLE.test(name);

/**
 * Takes `x =` off the side that has it when the other has none, or off both when the name is the same. Where the gold is
 * a plain value, whatever the answer derives it from goes too (`2 + 2 = 4`); where it is an equation, only a name does.
 */
export function dropVariable(answer: string, gold: string): [string, string] {
  const [a, b] = [splitEquation(answer), splitEquation(gold)];
  if (!a && !b) return [answer, gold];
  if (a && !b) return isMultiple(a.name) ? [answer, gold] : [a.value, gold];
  if (!a && b) return isName(b.name) ? [answer, b.value] : [answer, gold];
  const areNames = isName(a!.name) && isName(b!.name);
  const isPhrase = [a!, b!].some(({ name }) => /^\p{L}[\p{L}\s]+$/u.test(name));
  return areNames && (isSameName(a!.name, b!.name) || isPhrase) ? [a!.value, b!.value] : [answer, gold];
}

/** The last side of an equation, or of a chain `x = 5+5+1 = 11`, and what stands before it; the other way round in `5 = x`. */
function splitEquation(plain: string): { name: string; value: string } | undefined {
  const at = plain.lastIndexOf('=');
  if (at < 0 || /[<>≤≥≠]/.test(plain)) return undefined;
  const [name, value] = [plain.slice(0, at).trim(), plain.slice(at + 1).trim()];
  if (/^[a-z]$/i.test(value) && /\d/.test(name)) return { name: value, value: name };
  const first = name.slice(0, name.indexOf('=')).trim();
  return { name: name.includes('=') && isName(first) ? first : name, value };
}

const isSameName = (a: string, b: string) => a.replace(/\s/g, '') === b.replace(/\s/g, '');
