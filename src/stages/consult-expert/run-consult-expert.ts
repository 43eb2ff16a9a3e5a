import type { Environment } from '../../endpoints/environment.ts';
import { consult, totalUsage } from '../../experts/consult.ts';
import { type ActiveExpert, loadExpert } from '../../experts/index.ts';
import { loadRewards, rewardVersions } from '../../rewards/load-rewards.ts';
import { InterruptedError } from '../../schema/errors.ts';
import type { ExpertTotals } from '../../schema/expert-answer.ts';
import { ExpertSample } from '../../schema/expert-sample.ts';
import { deadLettersKey, expertSamplesPrefix, recordsKey } from '../../schema/keys.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { ShardItem } from '../../schema/stage-inputs.ts';
import { encodeRecords, readRecords } from '../../store/records.ts';
import { beginStage } from '../begin-stage.ts';
import { readConsultedPrompts } from '../consulted-prompts.ts';
import type { StoppableDeps } from '../stage-deps.ts';

/** Experts and judges find their API keys in the environment. */
export interface ConsultingDeps extends StoppableDeps {
  environment: Environment;
}

/** Counts of a shard's prompts, with what their answers took where somebody was asked. */
export interface ExpertSummary extends Partial<ExpertTotals> {
  consulted: number;
  answered: number;
  verified: number;
}

/**
 * Asks the expert about the prompts of a shard that need one, and verifies each answer by the run's rewards. Prompts without
 * an answer that may teach are parked as dead letters; SFT never sees them. Throws `InterruptedError` when the signal
 * aborts: what was answered is kept, and the next attempt goes on from there.
 */
export async function runConsultExpert(deps: ConsultingDeps, input: ShardItem): Promise<ExpertSummary> {
  const work = await beginStage<ExpertSummary>(deps.store, { stage: 'consult-expert', input });
  if (work.kind === 'done') return work.summary;
  const { store, config, prefix } = work;
  const rewards = await loadRewards(deps.store, config, deps.environment);
  const readSamples = () => readRecords(store, recordsKey(expertSamplesPrefix(input.runId, input.shard)), ExpertSample);
  const expert = await loadExpert(store, config, { rewards, environment: deps.environment, readSamples });
  const prompts = await readConsultedPrompts(store, input, config.expert.maxConsultations);
  const consulted = await consultAll(deps, expert, prompts);
  const answers = consulted.flatMap(({ answer }) => answer ?? []);
  const deadLetters = consulted.flatMap(({ deadLetter }) => deadLetter ?? []);
  await work.writePart(recordsKey(prefix), encodeRecords(answers), answers.length);
  if (deadLetters.length > 0) {
    await work.writePart(deadLettersKey(prefix), encodeRecords(deadLetters), deadLetters.length);
  }
  const verified = answers.filter((answer) => answer.isVerified).length;
  const summary = { consulted: prompts.length, answered: answers.length, verified, ...totalUsage(consulted) };
  return work.finish(summary, { ...rewardVersions(rewards), [expert.name]: expert.version });
}

async function consultAll({ report, signal }: ConsultingDeps, expert: ActiveExpert, prompts: readonly Prompt[]) {
  const total = prompts.length;
  const onConsulted = (done: number) => report({ stage: 'consult-expert', done, total, unit: 'prompts' });
  try {
    return await consult(expert, prompts, { signal, onConsulted });
  } catch (error) {
    throw signal.aborted ? new InterruptedError('stopped while it consulted the expert', { cause: error }) : error;
  }
}
