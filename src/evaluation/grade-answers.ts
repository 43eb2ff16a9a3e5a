import { mapBounded } from '../base/bounded.ts';
import type { AnswerJudge, Examination } from '../benchmarks/benchmark.ts';
import type { ActiveExamination } from '../benchmarks/index.ts';
import { recordAnswer, recordGrading } from '../benchmarks/record-answer.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { EvaluationRecord } from '../schema/evaluation.ts';
import type { ReportProgress } from '../schema/progress.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { StoredAnswer } from '../schema/stored-answer.ts';

/** Answers that are judged at once: the endpoint's own limits are below. */
const JUDGED_AT_ONCE = 64;

/** Answers with the verdicts of the benchmark's rules. Throws `InvalidInputError` where one answers none of the prompts. */
export function gradeAnswers(
  benchmark: Pick<Examination, 'grade'>,
  prompts: readonly Prompt[],
  answers: readonly StoredAnswer[],
): EvaluationRecord[] {
  const promptOf = createPromptFinder(prompts);
  return answers.map((answer) => recordAnswer(benchmark, promptOf(answer), asSampled(answer)));
}

/** Answers with verdicts that a judge has part in, as the benchmark has it. Throws as `gradeAnswers` does, and as the judge. */
export async function judgeAnswers(
  benchmark: ActiveExamination,
  judge: AnswerJudge,
  prompts: readonly Prompt[],
  answers: readonly StoredAnswer[],
  report: ReportProgress,
): Promise<EvaluationRecord[]> {
  const gradeWith = demandJudging(benchmark);
  const promptOf = createPromptFinder(prompts);
  let done = 0;
  return mapBounded(answers, JUDGED_AT_ONCE, async (answer) => {
    const prompt = promptOf(answer);
    const grading = await gradeWith(judge, prompt, answer.text);
    done += 1;
    report({ stage: `judge ${benchmark.name}`, done, total: answers.length, unit: 'answers' });
    return recordGrading(prompt, asSampled(answer), grading);
  });
}

/** How a benchmark grades with a judge. Throws `InvalidInputError` where it has no use for one. */
export function demandJudging({ name, gradeWith }: ActiveExamination): NonNullable<Examination['gradeWith']> {
  if (gradeWith) return gradeWith;
  throw new InvalidInputError(`${name} asks no language model, its rules are all of it; leave --judge out`);
}

const asSampled = ({ text, tokenCount, sampleIndex }: StoredAnswer) => ({ text, tokenCount, sampleIndex });

function createPromptFinder(prompts: readonly Prompt[]): (answer: StoredAnswer) => Prompt {
  const known = new Map(prompts.map((prompt) => [prompt.promptId, prompt]));
  return ({ promptId }) => {
    const prompt = known.get(promptId);
    if (prompt) return prompt;
    throw new InvalidInputError(`an answer is to ${promptId}, which is none of the ${prompts.length} prompts`);
  };
}
