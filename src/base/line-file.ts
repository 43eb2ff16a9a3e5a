import { closeSync, openSync, readSync } from 'node:fs';

/** A file of lines, read at any place of it. */
export interface LineFile {
  /** The line that begins at this byte, without its break. */
  lineAt(start: number): string;
  close(): void;
}

/** Longer than most lines: one read gets them whole. */
const FIRST_READ = 2 ** 13;
const LINE_BREAK = 10;

export function openLineFile(path: string): LineFile {
  const file = openSync(path, 'r');
  let window = Buffer.alloc(FIRST_READ);
  return {
    lineAt(start) {
      let held = 0;
      while (true) {
        const read = readSync(file, window, held, window.length - held, start + held);
        const end = window.subarray(0, held + read).indexOf(LINE_BREAK, held);
        held += read;
        if (end !== -1 || read === 0) return window.toString('utf8', 0, end === -1 ? held : end);
        if (held === window.length) window = Buffer.concat([window, Buffer.alloc(window.length)]);
      }
    },
    close: () => closeSync(file),
  };
}
