import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '../schema/errors.ts';
import { EvaluationRecord } from '../schema/evaluation.ts';
import { Prompt } from '../schema/prompt.ts';
import { createLocalStore } from '../store/local-store.ts';
import { readJson, readRecords } from '../store/records.ts';
import { EVALUATION_FILES } from './evaluation-files.ts';
import { EvaluationSettings } from './evaluation-settings.ts';

/** A finished evaluation, as its folder holds it. */
export interface Evaluation {
  settings: EvaluationSettings;
  prompts: Prompt[];
  records: EvaluationRecord[];
}

/** The evaluation of a folder. Throws `InvalidInputError` where it holds none that is finished. */
export async function readEvaluation(folder: string): Promise<Evaluation> {
  const isFinished = await stat(join(folder, EVALUATION_FILES.result)).catch(() => undefined);
  if (!isFinished) {
    throw new InvalidInputError(`${folder} holds no finished evaluation; make one with rise evaluate --out ${folder}`);
  }
  const store = createLocalStore(folder);
  return {
    settings: await readJson(store, EVALUATION_FILES.settings, EvaluationSettings),
    prompts: await readRecords(store, EVALUATION_FILES.prompts, Prompt),
    records: await readRecords(store, EVALUATION_FILES.records, EvaluationRecord),
  };
}
