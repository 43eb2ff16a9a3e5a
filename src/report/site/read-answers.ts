import type { EvaluationRecord } from '../../schema/evaluation.ts';
import { promptsKey } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { describePrompt } from './describe-prompt.ts';
import { readAnswers } from './read-benchmarks.ts';
import type { GroupContext } from './read-rollout.ts';
import type { GroupDetail, TrajectoryDetail } from './report-data.ts';

/** A benchmark's prompts, each with the answers of all policies that have been measured, in the order of their training. */
export async function* readAnswerGroups(
  store: Store,
  runId: string,
  { benchmark, promptSet }: { benchmark: string; promptSet: string },
  { showImage, isShown }: Pick<GroupContext, 'showImage' | 'isShown'>,
): AsyncGenerator<GroupDetail> {
  const policies = (await readAnswers(store, runId, benchmark)).map(({ policy, records }) => ({
    label: policy.label,
    answers: Map.groupBy(records, ({ promptId }) => promptId),
  }));
  const prompts = await readRecords(store, promptsKey(runId, promptSet), Prompt);
  for (const [index, prompt] of prompts.entries()) {
    if (!isShown(index)) continue;
    const trajectories = policies.flatMap(({ label, answers }) =>
      (answers.get(prompt.promptId) ?? []).map((record) => describeAnswer(label, record)),
    );
    yield { ...(await describePrompt(prompt, showImage)), trajectories, examples: [] };
  }
}

function describeAnswer(policy: string, record: EvaluationRecord): TrajectoryDetail {
  const { sampleIndex, answer, isCorrect, isFormatted, text, tokenCount } = record;
  return {
    label: sampleIndex === undefined ? policy : `${policy} ${sampleIndex + 1}`,
    ...{ text, tokenCount, isCorrect, isFormatted },
    ...(answer !== undefined && { answer }),
  };
}
