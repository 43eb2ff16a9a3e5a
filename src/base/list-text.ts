const ITEM = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|$)/sy;

/** A list of texts that is itself a text, as JSON or Python writes it: `['5 cm', "6' 2"]`; undefined where it is none. */
export function readList(text: string): string[] | undefined {
  const inner = /^\s*\[(.*)\]\s*$/s.exec(text)?.[1];
  if (inner === undefined) return undefined;
  const items: string[] = [];
  ITEM.lastIndex = 0;
  while (ITEM.lastIndex < inner.length) {
    if (inner.slice(ITEM.lastIndex).trim() === '') break;
    const found = ITEM.exec(inner);
    if (!found) return undefined;
    items.push((found[1] ?? found[2]).replace(/\\(u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)/gs, readEscape));
  }
  return items;
}

const NAMED: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/** What neither language knows keeps its backslash, as Python keeps it: `\pi`. */
function readEscape(all: string, code: string): string {
  if (/^[ux]./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  if (Object.hasOwn(NAMED, code)) return NAMED[code];
  return /^['"\\/]$/.test(code) ? code : all;
}
