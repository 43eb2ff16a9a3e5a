import { splitBySize } from '../base/split-list.ts';
import { comparePolicies } from '../benchmarks/compare-policies.ts';
import type { ActiveExamination } from '../benchmarks/index.ts';
import type { PolicyScore } from '../schema/evaluation.ts';
import type { Prompt } from '../schema/prompt.ts';
import { StoredAnswer } from '../schema/stored-answer.ts';
import { encodeRecords, readRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { answersKey, EVALUATION_FILES } from './evaluation-files.ts';
import { type EvaluationSettings, keepSettings } from './evaluation-settings.ts';
import { gradeAnswers, judgeAnswers } from './grade-answers.ts';
import type { CountingAnswerJudge } from './model-answer-judge.ts';
import type { AnswerScope, Respondent } from './respondent.ts';

/** An evaluation: who answers what, by whose rules. */
export interface EvaluationTask extends Omit<AnswerScope, 'store'> {
  store: Store;
  benchmark: ActiveExamination;
  prompts: readonly Prompt[];
  respondent: Respondent;
  /** Asked where the benchmark's own code asks a language model; rules alone where absent. */
  judge?: CountingAnswerJudge;
}

/**
 * Has a benchmark's prompts answered, grades the answers, and keeps all in the store's folder: settings, answers, records, result.
 * An evaluation that was stopped goes on after its last batch. Throws `InvalidInputError` where the folder holds another one.
 */
export async function evaluate(task: EvaluationTask): Promise<PolicyScore> {
  const { store, benchmark, prompts, judge, report } = task;
  await keepSettings(store, settingsOf(task));
  const answers = await collectAnswers(task);
  const records = judge
    ? await judgeAnswers(benchmark, judge, prompts, answers, report)
    : gradeAnswers(benchmark, prompts, answers);
  await store.write(EVALUATION_FILES.records, encodeRecords(records));
  const { policies } = comparePolicies(benchmark, prompts, [{ policy: { name: 'policy' }, records }]);
  const score = { ...policies.policy, ...(judge && { judge: judge.total() }) };
  await store.write(EVALUATION_FILES.result, `${JSON.stringify(score, null, 2)}\n`);
  return score;
}

function settingsOf({ benchmark, plan, respondent, prompts, judge }: EvaluationTask): EvaluationSettings {
  const { name, version } = benchmark;
  const rules = { benchmark: name, version, ...(judge && { judge: judge.name }) };
  return { ...rules, prompts: prompts.length, ...plan, respondent: respondent.identity };
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
