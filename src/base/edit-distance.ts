/** Levenshtein's distance of two texts: the fewest characters (code points) to put in, take out or exchange. */
export function computeEditDistance(left: string, right: string): number {
  const [from, to] = [Array.from(left), Array.from(right)];
  let above = to.map((_, column) => column + 1);
  for (const [row, character] of from.entries()) {
    let [diagonal, before] = [row, row + 1];
    above = above.map((up, column) => {
      const distance = Math.min(before + 1, up + 1, diagonal + (character === to[column] ? 0 : 1));
      [diagonal, before] = [up, distance];
      return distance;
    });
  }
  return above.at(-1) ?? from.length;
}
