// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal must not get
const UNPRINTABLE = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text as a terminal may have it: characters that control it, or turn the direction of writing, as `\u001b`, which JSON
 * reads as the character itself. Line feeds and tabs stay.
 */
export function toPrintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The beginning of a text that may be long, on one line, for messages. */
export function shorten(text: string, most = 60): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most)}...` : line;
}
