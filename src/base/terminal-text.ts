/**
 * What a terminal, or a log that one shows, must not be given by whoever wrote a dataset, a config or a response: control
 * characters but line breaks and tabs (C0, DEL, C1), and what turns the direction of text around.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
const UNSHOWN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The text for people: unsafe characters as `\u001b`, which JSON reads back as what they were. */
export function toTerminalText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSHOWN, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The beginning of a text that may be long, on one line, for messages. */
export function shorten(text: string, most = 60): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most)}...` : line;
}
