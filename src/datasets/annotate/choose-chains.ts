import { basename, dirname } from 'node:path';
import { openLineFile } from '../../base/line-file.ts';
import { createNumberColumn } from '../../base/number-column.ts';
import { gradeAnswer } from '../../rewards/index.ts';
import type { Prompt } from '../../schema/prompt.ts';
import { createLocalStore } from '../../store/local-store.ts';
import { streamPlacedRecords } from '../../store/records.ts';
import type { PromptFile } from '../prompt-file.ts';
import { createResponseNumbering, RecordedResponse } from '../recorded-response.ts';
import type { Chain } from './extract-facts.ts';

/** What to ask about, by the number of the prompt: memory holds where each lies. */
export interface ChosenChains {
  /** How many prompts have one. */
  size: number;
  /** Of the first response that the accuracy reward finds right, else of the worked solution if that is right. */
  chainOf(number: number): Chain | undefined;
  close(): void;
}

/** True for a prompt that has annotations, which it keeps. */
export const isAnnotated = ({ annotations }: Prompt) => (annotations ?? []).length > 0;

/** What stands for a worked solution where others have a byte of the file of responses, plus one. */
const SOLUTION = -1;

/** Chooses for prompts without annotations. */
export async function chooseChains(prompts: PromptFile, path: string): Promise<ChosenChains> {
  const places = createNumberColumn(Float64Array);
  let size = 0;
  const choose = (number: number, place: number) => {
    places.set(number, place);
    size += 1;
  };
  const numbering = createResponseNumbering(prompts.find);
  const recorded = streamPlacedRecords(createLocalStore(dirname(path)), basename(path), RecordedResponse);
  for await (const { record, start } of recorded) {
    const { promptId, text } = numbering.number(record);
    const number = prompts.find(promptId);
    if (places.get(number) === 0 && isWanted(prompts.read(number), text)) choose(number, start + 1);
  }
  for (let number = 0; number < prompts.size; number++) {
    if (places.get(number) !== 0) continue;
    const prompt = prompts.read(number);
    if (prompt.solution !== undefined && isWanted(prompt, prompt.solution)) choose(number, SOLUTION);
  }
  const responses = openLineFile(path);
  return {
    size,
    chainOf(number) {
      const place = places.get(number);
      if (place === 0) return undefined;
      const { question, solution } = prompts.read(number);
      if (place === SOLUTION) return { question, response: solution! };
      return { question, response: RecordedResponse.parse(JSON.parse(responses.lineAt(place - 1))).response };
    },
    close: responses.close,
  };
}

/** Whether a prompt without annotations is to get them from this response. */
const isWanted = (prompt: Prompt, response: string) =>
  !isAnnotated(prompt) && gradeAnswer(prompt, response).verdict === 'correct';
