import { splitBySize } from '../base/split-list.ts';
import { comparePolicies } from '../benchmarks/compare-policies.ts';
import type { ActiveExamination } from '../benchmarks/index.ts';
import { recordAnswer } from '../benchmarks/record-answer.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { EvaluationRecord, PolicyScore } from '../schema/evaluation.ts';
import type { Prompt } from '../schema/prompt.ts';
import { StoredAnswer } from '../schema/stored-answer.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { answersKey, EVALUATION_FILES } from './evaluation-files.ts';
import { type EvaluationSettings, keepSettings } from './evaluation-settings.ts';
import type { AnswerScope, Respondent } from './respondent.ts';

/** An evaluation: who answers what, by whose rules. */
export interface EvaluationTask extends Omit<AnswerScope, 'store'> {
  store: Store;
  benchmark: ActiveExamination;
  prompts: readonly Prompt[];
  respondent: Respondent;
}

/**
 * Has a benchmark's prompts answered, grades the answers, and keeps all in the store's folder: settings, answers, records, result.
 * An evaluation that was stopped goes on after its last batch. Throws `InvalidInputError` where the folder holds another one.
 */
export async function evaluate(task: EvaluationTask): Promise<PolicyScore> {
  const { store, benchmark, prompts } = task;
  await keepSettings(store, settingsOf(task));
  const answers = await collectAnswers(task);
  const records = gradeAnswers(benchmark, prompts, answers);
  await store.write(EVALUATION_FILES.records, encodeRecords(records));
  const { policies } = comparePolicies(benchmark, prompts, [{ policy: { name: 'policy' }, records }]);
  await store.write(EVALUATION_FILES.result, `${JSON.stringify(policies.policy, null, 2)}\n`);
  return policies.policy;
}

function settingsOf({ benchmark, plan, respondent, prompts }: EvaluationTask): EvaluationSettings {
  const { name, version } = benchmark;
  return { benchmark: name, version, prompts: prompts.length, ...plan, respondent: respondent.identity };
}

/** The folder's answers and those that it lacks; batches may have been of other sizes when it was begun. */
async function collectAnswers(task: EvaluationTask): Promise<StoredAnswer[]> {
  const { store, prompts, benchmark, respondent, plan, report } = task;
  const total = prompts.length * plan.completionsPerPrompt;
  const answers: StoredAnswer[] = [];
  let batch = 0;
  const add = (own: readonly StoredAnswer[]) => {
    batch += 1;
    answers.push(...own);
    report({ stage: `evaluate ${benchmark.name}`, done: answers.length, total, unit: 'completions' });
  };
  while (await store.exists(answersKey(batch))) add(await readRecords(store, answersKey(batch), StoredAnswer));
  const answered = new Set(answers.map(({ promptId }) => promptId));
  const open = prompts.filter(({ promptId }) => !answered.has(promptId));
  const worded = benchmark.word ? open.map(benchmark.word) : open;
  for (const asked of splitBySize(worded, respondent.promptsPerBatch)) {
    const own = await respondent.answer(task, asked);
    await store.write(answersKey(batch), encodeRecords(own));
    add(own);
  }
  return answers;
}

/** Answers with the benchmark's verdicts. Throws `InvalidInputError` where one answers none of the prompts. */
export function gradeAnswers(
  benchmark: ActiveExamination,
  prompts: readonly Prompt[],
  answers: readonly StoredAnswer[],
): EvaluationRecord[] {
  const promptOf = new Map(prompts.map((prompt) => [prompt.promptId, prompt]));
  return answers.map(({ promptId, ...answer }) => {
    const prompt = promptOf.get(promptId);
    if (prompt) return recordAnswer(benchmark, prompt, answer);
    throw new InvalidInputError(`an answer is to ${promptId}, which is none of the ${prompts.length} prompts`);
  });
}
