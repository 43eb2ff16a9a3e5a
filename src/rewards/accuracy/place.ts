let known: Set<string> | undefined;

/** Names of countries, in lower case, from the language data that Node brings. */
function countries(): Set<string> {
  if (known) return known;
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  const official = codes.map((code) => names.of(code)?.toLowerCase()).filter((name) => name !== undefined);
  known = new Set([...official, 'usa', 'us', 'uk', 'england', 'scotland', 'wales', 'turkey', 'czech republic']);
  return known;
}

/** `Paris, France` as `Paris`, where the other answer names no country: a place may be told with its country. */
export function withoutCountry(plain: string, other: string): string {
  if (!plain.includes(',')) return plain;
  const [, place, country] = /^((?:in\s+|at\s+)?\p{Lu}[\p{L} '-]+),\s*(?:the\s+)?(\p{Lu}[\p{L} ]+)$/u.exec(plain) ?? [];
  if (place === undefined || other.includes(',') || !/^(?:(?:in|at)\s+)?\p{Lu}/u.test(other)) return plain;
  const isPlace = [place, other].every((name) => !countries().has(name.toLowerCase()));
  return isPlace && countries().has(country.toLowerCase()) ? place : plain;
}
