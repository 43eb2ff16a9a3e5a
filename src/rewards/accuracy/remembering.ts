const MAX_RECENT = 64;
const MAX_LENGTH = 200;
/** V8 copies shorter slices, and lets longer ones keep the whole text that they were cut from. */
const MIN_SLICE = 13;

/**
 * The function with the results for its last 64 short texts at hand: siblings share their gold and options, and often
 * their answers.
 */
export function remembering(read: (text: string) => string): (text: string) => string {
  const recent = new Map<string, string>();
  return (text) => {
    if (text.length > MAX_LENGTH) return read(text);
    const known = recent.get(text);
    if (known !== undefined) return known;
    if (recent.size === MAX_RECENT) recent.delete(recent.keys().next().value!);
    const copy = text.length < MIN_SLICE ? text : Buffer.from(text, 'utf16le').toString('utf16le');
    const result = read(copy);
    recent.set(copy, result);
    return result;
  };
}
