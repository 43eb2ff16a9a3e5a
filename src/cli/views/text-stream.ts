/** A growing text, written piece by piece as its tokens come. */
export interface TextStream {
  /** The whole text so far, decoded from all its tokens. */
  update(text: string): void;
  /** The final text: writes what was held back. */
  end(text: string): void;
}

/** A character may take several tokens; until the last it decodes as U+FFFD, so trailing ones are held back. */
export function createTextStream(write: (piece: string) => void): TextStream {
  let written = 0;
  const writeUpTo = (text: string) => {
    if (text.length > written) write(text.slice(written));
    written = Math.max(written, text.length);
  };
  return {
    update: (text) => writeUpTo(text.replace(/\uFFFD+$/, '')),
    end: writeUpTo,
  };
}
