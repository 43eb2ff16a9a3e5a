/** A piece of text: a token with its log-probability, or text of which none is known. */
export interface Piece {
  text: string;
  logprob?: number;
}

/** A piece, and what it is part of. */
export interface MarkedPiece extends Piece {
  isTag?: true;
  isBoxed?: true;
  isFound?: true;
}

/** A stretch of a response: its reasoning, its answer, or what stands outside of both. */
export interface Block {
  kind: 'plain' | 'think' | 'answer';
  pieces: MarkedPiece[];
}

interface Range {
  start: number;
  end: number;
}

/** Cuts a response into blocks, and their pieces wherever a tag, a `\boxed{}` or a text that was looked for begins or ends. */
export function markText(pieces: readonly Piece[], query = ''): Block[] {
  const text = pieces.map((piece) => piece.text).join('');
  const regions = findRegions(text);
  const marks = {
    isTag: findAll(text, /<\/?(?:think|answer)>/g),
    isBoxed: findBoxed(text),
    isFound: findQuery(text, query),
  };
  const ranges = [...regions, ...Object.values(marks).flat()];
  const cuts = [...new Set(ranges.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const cut = cutPieces(pieces, cuts);
  const isIn = (own: readonly Range[], at: number) => own.some(({ start, end }) => at >= start && at < end);
  return regions.map(({ kind, start, end }) => ({
    kind,
    pieces: cut
      .filter((piece) => piece.start >= start && piece.start < end)
      .map(({ start: at, ...piece }) => ({
        ...piece,
        ...(isIn(marks.isTag, at) && { isTag: true as const }),
        ...(isIn(marks.isBoxed, at) && { isBoxed: true as const }),
        ...(isIn(marks.isFound, at) && { isFound: true as const }),
      })),
  }));
}

/** Stretches that cover the text, in order. A tag that is not closed reaches to the end. */
function findRegions(text: string): (Range & Pick<Block, 'kind'>)[] {
  const tagged = [...text.matchAll(/<(think|answer)>[\s\S]*?(?:<\/\1>|$)/g)].map((match) => ({
    kind: match[1] as Block['kind'],
    start: match.index,
    end: match.index + match[0].length,
  }));
  const regions: (Range & Pick<Block, 'kind'>)[] = [];
  let at = 0;
  for (const region of tagged) {
    if (region.start > at) regions.push({ kind: 'plain', start: at, end: region.start });
    regions.push(region);
    at = region.end;
  }
  if (at < text.length) regions.push({ kind: 'plain', start: at, end: text.length });
  return regions;
}

const findAll = (text: string, pattern: RegExp): Range[] =>
  [...text.matchAll(pattern)].map((match) => ({ start: match.index, end: match.index + match[0].length }));

/** Each `\boxed{...}` up to the brace that closes it. */
function findBoxed(text: string): Range[] {
  return findAll(text, /\\boxed\{/g).map(({ start, end }) => {
    let depth = 1;
    let at = end;
    while (at < text.length && depth > 0) {
      if (text[at] === '{') depth += 1;
      if (text[at] === '}') depth -= 1;
      at += 1;
    }
    return { start, end: at };
  });
}

function findQuery(text: string, query: string): Range[] {
  if (query === '') return [];
  const ranges: Range[] = [];
  const [within, wanted] = [text.toLowerCase(), query.toLowerCase()];
  for (let at = within.indexOf(wanted); at >= 0; at = within.indexOf(wanted, at + wanted.length)) {
    ranges.push({ start: at, end: at + wanted.length });
  }
  return ranges;
}

function cutPieces(pieces: readonly Piece[], cuts: readonly number[]): (Piece & { start: number })[] {
  const result: (Piece & { start: number })[] = [];
  let at = 0;
  let next = 0;
  for (const piece of pieces) {
    const end = at + piece.text.length;
    while (at < end) {
      while (cuts[next] <= at) next += 1;
      const stop = Math.min(end, cuts[next] ?? end);
      result.push({
        ...piece,
        text: piece.text.slice(piece.text.length - (end - at), piece.text.length - (end - stop)),
        start: at,
      });
      at = stop;
    }
  }
  return result;
}
