import { deriveSeed } from '../../base/seeds.ts';
import type { Precision } from '../../engine/runtime/rewrites/mixed-precision.ts';
import { BUILT_IN_VERSIONS, gradeAnswer, isFormatted } from '../../rewards/index.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { EvaluationRecord } from '../../schema/evaluation.ts';
import { policyPrefix, promptsKey, recordsKey, sftCheckpointPrefix } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { EVALUATED_POLICIES, type EvaluatedPolicy, type ExecutionInput } from '../../schema/stage-inputs.ts';
import { STAGES } from '../../schema/stages.ts';
import { encodeRecords, readConfig, readRecords } from '../../store/records.ts';
import { choosePrecision } from '../choose-precision.ts';
import { completeStage } from '../complete-stage.ts';
import { deleteKept, type PromptCompletion, sampleCompletions } from '../sample-completions.ts';
import type { JobDeps } from '../stage-deps.ts';
import { loadStoredPolicy } from '../stored-policy.ts';

export interface EvaluationSummary {
  prompts: number;
  correct: number;
  formatted: number;
  precision: Precision;
}

/** Answers every held-out prompt once with one policy, and grades the answers. */
export async function runEvaluate(
  deps: JobDeps,
  input: ExecutionInput,
  policyIndex: number,
): Promise<EvaluationSummary> {
  const { store } = deps;
  const config = await readConfig(store, input.configKey);
  const policyName = EVALUATED_POLICIES[policyIndex];
  if (!policyName)
    throw new InvalidInputError(`evaluate has policies 0 to ${EVALUATED_POLICIES.length - 1}, not ${policyIndex}`);
  const versions = { accuracy: BUILT_IN_VERSIONS.accuracy, format: BUILT_IN_VERSIONS.format };
  const work = { stage: 'evaluate', input, config, index: policyIndex, versions } as const;
  const summary = await completeStage(store, work, async (writePart, prefix) => {
    const prompts = await readRecords(store, promptsKey(input.runId, 'evaluation'), Prompt);
    const policy = await loadStoredPolicy(store, evaluatedPrefix(policyName, input.runId, config), config);
    const precision = await choosePrecision(deps, input.runId, config, policy.model);
    const { completions } = await sampleCompletions(deps, policy, config, {
      stage: `evaluate ${policyName}`,
      prompts,
      completionsPerPrompt: 1,
      sampling: config.evaluation.sampling,
      precision,
      seedOf: (prompt) => deriveSeed(config.seed, 'evaluation', prompt.promptId),
      prefix,
    });
    policy.model.dispose();
    const records = completions.map(gradeCompletion);
    await writePart(recordsKey(prefix), encodeRecords(records), records.length);
    return {
      prompts: records.length,
      correct: records.filter((record) => record.isCorrect).length,
      formatted: records.filter((record) => record.isFormatted).length,
      precision,
    };
  });
  await deleteKept(store, STAGES.evaluate.prefix(input, policyIndex));
  return summary;
}

function evaluatedPrefix(policy: EvaluatedPolicy, runId: string, config: RunConfig): string {
  if (policy === 'rise') return sftCheckpointPrefix(runId);
  return policyPrefix(runId, policy === 'base' ? 0 : config.rl.iterations, config.policy.model);
}

function gradeCompletion({ prompt, text, tokenIds }: PromptCompletion): EvaluationRecord {
  return {
    promptId: prompt.promptId,
    tier: prompt.tier,
    isCorrect: gradeAnswer(prompt, text).verdict === 'correct',
    isFormatted: isFormatted(text),
    text,
    tokenCount: tokenIds.length,
  };
}
