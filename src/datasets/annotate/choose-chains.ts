import { basename, dirname } from 'node:path';
import { gradeAnswer } from '../../rewards/index.ts';
import type { Prompt } from '../../schema/prompt.ts';
import { createLocalStore } from '../../store/local-store.ts';
import { readRecords } from '../../store/records.ts';
import { RecordedResponse, toTrajectories } from '../recorded-response.ts';
import type { DatasetRow } from './dataset-rows.ts';
import type { Chain } from './extract-facts.ts';

/** True for a prompt that has annotations, which it keeps. */
export const isAnnotated = ({ prompt }: DatasetRow) => (prompt.annotations ?? []).length > 0;

/** What to ask about, by prompt: those without annotations that have a right response. */
export async function chooseChains(rows: readonly DatasetRow[], path: string): Promise<Map<string, Chain>> {
  const recorded = await readRecords(createLocalStore(dirname(path)), basename(path), RecordedResponse);
  const prompts = rows.map(({ prompt }) => prompt);
  const responsesOf = Map.groupBy(toTrajectories(prompts, recorded), ({ promptId }) => promptId);
  const chains = rows.flatMap((row) => {
    const { promptId, question } = row.prompt;
    const responses = (responsesOf.get(promptId) ?? []).map(({ text }) => text);
    const response = isAnnotated(row) ? undefined : chooseChain(row.prompt, responses);
    return response === undefined ? [] : [[promptId, { question, response }] as const];
  });
  return new Map(chains);
}

/** The first of a prompt's responses that the accuracy reward finds right, else its worked solution if that is right. */
function chooseChain(prompt: Prompt, responses: readonly string[]): string | undefined {
  const candidates = prompt.solution === undefined ? responses : [...responses, prompt.solution];
  return candidates.find((response) => gradeAnswer(prompt, response).verdict === 'correct');
}
