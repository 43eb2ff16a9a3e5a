import { LRUCache } from 'lru-cache';
import { type LineFile, openLineFile } from '../base/line-file.ts';
import { createNumberColumn } from '../base/number-column.ts';
import { createTextTable } from '../base/text-table.ts';
import type { Prompt } from '../schema/prompt.ts';

/** Prompts of a file by number. Memory holds their ids, and the last ones used. */
export interface PromptFile {
  readonly size: number;
  /** The number of the prompt with this id; -1 where there is none. */
  find(promptId: string): number;
  /** Notes the prompt whose line begins at this byte. Gives false where its id is known already. */
  add(promptId: string, start: number): boolean;
  read(number: number): Prompt;
  close(): void;
}

const HELD = 256;

/** @param path of prompts as this package writes them, a line each: not checked again */
export function createPromptFile(path: string): PromptFile {
  const ids = createTextTable();
  const starts = createNumberColumn(Float64Array);
  const held = new LRUCache<number, Prompt>({ max: HELD });
  let file: LineFile | undefined;
  return {
    get size() {
      return ids.size;
    },
    find: (promptId) => ids.find(promptId),
    add(promptId, start) {
      const number = ids.add(promptId);
      if (number < starts.length) return false;
      starts.push(start);
      return true;
    },
    read(number) {
      const known = held.get(number);
      if (known) return known;
      file ??= openLineFile(path);
      const prompt: Prompt = JSON.parse(file.lineAt(starts.get(number)));
      held.set(number, prompt);
      return prompt;
    },
    close: () => file?.close(),
  };
}
