import type { Engine } from '../../engine/open-engine.ts';
import { type ExpertPolicy, expertPolicyOf } from '../../schema/config/expert-policy.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { ExpertSample } from '../../schema/expert-sample.ts';
import { DIAGNOSIS, metricsKey, recordsKey } from '../../schema/keys.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { DiagnosedRun } from '../../schema/stage-inputs.ts';
import { encodeRecords } from '../../store/records.ts';
import { beginStage, type OpenStage } from '../begin-stage.ts';
import { readConsultedPrompts } from '../consulted-prompts.ts';
import type { JobDeps } from '../job-deps.ts';
import { processStoredPrompt } from '../process-prompt.ts';
import { sampleCompletions } from '../sample-completions.ts';
import { expertSeed } from '../seeds.ts';

export interface ExpertSampleSummary {
  prompts: number;
  samples: number;
  tokens: number;
}

/**
 * Samples the answers of an expert on our own engine to the prompts of one shard that the policy never solved. An answer
 * depends on (run seed, promptId, index) and the expert, not on shards or batches. They are verified where every expert's are.
 */
export async function runSampleExpert(deps: JobDeps, input: DiagnosedRun, shard: number): Promise<ExpertSampleSummary> {
  const work = await beginStage<ExpertSampleSummary>(deps.store, { stage: 'sample-expert', input, index: shard });
  if (work.kind === 'done') return work.summary;
  const { store, config, prefix, runId } = work;
  const expert = expertPolicyOf(config.expert);
  if (!expert) throw new InvalidInputError(`the expert of ${runId} is no policy; only those answer in a job`);
  const item = { runId, rollout: DIAGNOSIS, shard };
  const prompts = await readConsultedPrompts(store, item, config.expert.maxConsultations);
  // Where nobody is asked, no model is loaded.
  const samples = prompts.length === 0 ? [] : await sampleAnswers(deps, work, expert, prompts);
  await work.writePart(recordsKey(prefix), encodeRecords(samples), samples.length);
  const tokens = samples.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
  return work.finish({ prompts: prompts.length, samples: samples.length, tokens });
}

async function sampleAnswers(
  deps: JobDeps,
  work: OpenStage<ExpertSampleSummary>,
  expert: ExpertPolicy,
  prompts: readonly Prompt[],
): Promise<ExpertSample[]> {
  const { store, config, prefix } = work;
  const began = Date.now();
  const seedOf = ({ promptId }: Prompt, index: number) => expertSeed(config.seed, promptId, index);
  const engine = await deps.openPolicy(work, expert);
  try {
    const { completions, sampledTokens } = await sampleCompletions(deps, work, engine, {
      stage: 'sample-expert',
      prompts,
      completionsPerPrompt: expert.answers,
      sampling: expert.sampling ?? config.sampling,
      seedOf,
      prefix,
    });
    const inputTokens = await countPromptTokens(work, engine, prompts);
    const seconds = (Date.now() - began) / 1000;
    const metrics = { 'job/attempt': deps.attempt, 'time/expertSeconds': seconds, 'expert/tokens': sampledTokens };
    await store.write(metricsKey(prefix), encodeRecords([{ ...metrics, ...engine.preparation }]));
    return completions.map(({ prompt, index, text, finishReason, tokenIds }) => ({
      promptId: prompt.promptId,
      index,
      seed: seedOf(prompt, index),
      text,
      finishReason,
      inputTokens: inputTokens.get(prompt.promptId)!,
      outputTokens: tokenIds.length,
    }));
  } finally {
    engine[Symbol.dispose]();
  }
}

/** Tokens of each prompt, images among them; one image is in memory at a time. */
async function countPromptTokens(
  work: OpenStage<ExpertSampleSummary>,
  { processor }: Engine,
  prompts: readonly Prompt[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const prompt of prompts) {
    counts.set(prompt.promptId, (await processStoredPrompt(work, processor, prompt)).tokenIds.length);
  }
  return counts;
}
