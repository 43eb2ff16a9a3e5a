import type { Environment } from '../../endpoints/environment.ts';
import { consult } from '../../experts/consult.ts';
import { loadExpert } from '../../experts/index.ts';
import { BUILT_IN_VERSIONS, responseDemandsOf } from '../../rewards/index.ts';
import { planPromptsKey, recordsKey, routesPrefix } from '../../schema/keys.ts';
import { Prompt } from '../../schema/prompt.ts';
import { Route } from '../../schema/route.ts';
import type { ShardItem } from '../../schema/stage-inputs.ts';
import { encodeRecords, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { beginStage } from '../begin-stage.ts';
import type { StageDeps } from '../stage-deps.ts';

/** Experts find their API keys in the environment. */
export interface ConsultingDeps extends StageDeps {
  environment: Environment;
}

export interface ExpertSummary {
  consulted: number;
  answered: number;
  verified: number;
}

/**
 * Asks the expert about the prompts of a shard that need one, and verifies each answer with the accuracy reward, and its format.
 * Answers that fail are kept with the evidence; SFT never sees them.
 */
export async function runConsultExpert(deps: ConsultingDeps, input: ShardItem): Promise<ExpertSummary> {
  const work = await beginStage<ExpertSummary>(deps.store, { stage: 'consult-expert', input });
  if (work.kind === 'done') return work.summary;
  const { store, config, prefix } = work;
  const expert = loadExpert(deps.store, config.expert, deps.environment);
  const prompts = await readRecords(store, planPromptsKey(input.runId, input.rollout, input.shard), Prompt);
  const consulted = await selectConsultations(store, input, config.expert.maxConsultations);
  const answers = await consult(
    expert,
    prompts.filter(({ promptId }) => consulted.has(promptId)),
    responseDemandsOf(config.rewards),
  );
  await work.writePart(recordsKey(prefix), encodeRecords(answers), answers.length);
  deps.report({ stage: 'consult-expert', done: consulted.size, total: consulted.size, unit: 'prompts' });
  const verified = answers.filter((answer) => answer.isVerified).length;
  const { accuracy, format } = BUILT_IN_VERSIONS;
  const versions = { accuracy, format, [expert.name]: expert.version };
  return work.finish({ consulted: consulted.size, answered: answers.length, verified }, versions);
}

/**
 * The shard's prompts that may be asked about. The bound counts over the whole run, in the order of the shards, so each
 * shard finds its own part of it without knowing what the others did.
 */
async function selectConsultations(store: Store, { runId, shard }: ShardItem, bound = Infinity): Promise<Set<string>> {
  let asked = 0;
  for (let earlier = 0; earlier < shard && asked < bound; earlier += 1) {
    asked += (await readExpertRoutes(store, runId, earlier)).length;
  }
  const own = await readExpertRoutes(store, runId, shard);
  return new Set(own.slice(0, Math.max(0, bound - asked)).map(({ promptId }) => promptId));
}

async function readExpertRoutes(store: Store, runId: string, shard: number): Promise<Route[]> {
  const routes = await readRecords(store, recordsKey(routesPrefix(runId, shard)), Route);
  return routes.filter(({ kind }) => kind === 'expert');
}
