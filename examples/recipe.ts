/**
 * The whole recipe in one process: Metis-RISE (arXiv 2506.13056) on the engine as a library. RL incentivizes what the policy
 * can do at times; SFT enhances it by what RL revealed: its own successes where it is unsteady, an expert's answers where
 * it never succeeds.
 *
 *     node setup/main.mjs examples/recipe.ts [config.yaml]
 *
 * The config is one of `rise run`, and so are the numbers: the same tokens, weights and accuracies, by test. What `rise run`
 * adds is about machines: shards, jobs, records on a store, going on after a stop, rollouts ahead of training
 * (`rl.pipelined`). Here a policy is a checkpoint folder in memory, and a record is a value.
 */
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ScoredGroup } from '../src/algorithms/algorithm.ts';
import { createLearner } from '../src/algorithms/index.ts';
import { splitBySize } from '../src/base/split-list.ts';
import { comparePolicies, type PolicyAnswers } from '../src/benchmarks/compare-policies.ts';
import { loadBenchmarks } from '../src/benchmarks/index.ts';
import { recordAnswer } from '../src/benchmarks/record-answer.ts';
import { type Engine, measurePrecision, type OptimizerState, openEngine } from '../src/engine/open-engine.ts';
import { folderModelFiles, heldModelFiles, type ModelFiles } from '../src/engine/weights/model-files.ts';
import { consult } from '../src/experts/consult.ts';
import { loadExpert } from '../src/experts/index.ts';
import type { PromptExample } from '../src/formats/format.ts';
import { chooseSlots } from '../src/launch/choose-slots.ts';
import { readRunConfig } from '../src/launch/read-run-config.ts';
import { scoreTrajectory } from '../src/rewards/index.ts';
import { loadRewards } from '../src/rewards/load-rewards.ts';
import { selectionOf } from '../src/routing/decide-shards.ts';
import { routeGroup } from '../src/routing/route-group.ts';
import { selectExamples } from '../src/routing/select-examples.ts';
import { statedPrecision } from '../src/schema/config/compute.ts';
import type { PromptSource } from '../src/schema/config/prompt-source.ts';
import type { RunConfig } from '../src/schema/config/run-config.ts';
import { InvalidInputError } from '../src/schema/errors.ts';
import { EVALUATED_POLICIES } from '../src/schema/evaluated-policies.ts';
import type { BenchmarkResult } from '../src/schema/evaluation.ts';
import { DIAGNOSIS, iterationName } from '../src/schema/keys.ts';
import type { Prompt } from '../src/schema/prompt.ts';
import { groupSizeOf } from '../src/schema/rollout-size.ts';
import { countRoutes, type Route } from '../src/schema/route.ts';
import { countSources } from '../src/schema/sft-example.ts';
import type { Trained } from '../src/stages/checkpoint.ts';
import { selectDiagnosisPrompts, selectIterationPrompts } from '../src/stages/plan/select-prompts.ts';
import { findPolicyFiles } from '../src/stages/policy-files.ts';
import { processStoredPrompt } from '../src/stages/process-prompt.ts';
import { arrangeExamples } from '../src/stages/publish/arrange-examples.ts';
import { toTrajectory } from '../src/stages/rollout/to-trajectory.ts';
import { type PromptSampling, promptsTogether, samplePrompts } from '../src/stages/sample-prompts.ts';
import { answerSeed, trajectorySeed } from '../src/stages/seeds.ts';
import { buildSequences } from '../src/stages/train-rl/prepare-sequences.ts';
import { rlTraining, splitIntoBatches } from '../src/stages/train-rl/rl-steps.ts';
import { buildSftSequence } from '../src/stages/train-sft/sequence-source.ts';
import { planSftSteps, sftTraining } from '../src/stages/train-sft/sft-steps.ts';
import { materializePrompts } from '../src/stages/validate/materialize-prompts.ts';
import { createLocalStore } from '../src/store/local-store.ts';

type Say = (line: string) => void;

/** A policy: a checkpoint folder, and the state of its optimizer; the base model's has none. */
interface Policy {
  files: ModelFiles;
  state?: OptimizerState;
}

/** The recipe, from the folder of a base model to a policy that is better twice over. */
export async function runRecipe(config: RunConfig, modelFolder: string, say: Say = console.log) {
  const lab = await createLab(config, modelFolder, say);
  const prompts = await drawPrompts(lab, config.data.train);

  const { rl, rollouts } = await incentivize(lab, prompts);
  const { diagnosis, routes } = await diagnose(lab, rl, prompts);
  const examples = await collectExamples(lab, diagnosis, routes);
  const rise = await enhance(lab, rl, examples);

  const policies = { base: lab.base, rl, rise };
  return { rollouts, diagnosis, routes, examples, policies, evaluation: await evaluate(lab, policies) };
}

/** RL: asks some prompts, rewards the answers, and learns from the groups that are partly right. */
async function incentivize(lab: Lab, prompts: readonly Prompt[]) {
  const { seed, rl } = lab.config;
  const rollouts: ScoredGroup[][] = [];
  let policy = lab.base;
  for (let iteration = 0; iteration < rl.iterations; iteration++) {
    const asked = selectIterationPrompts(prompts, rl.promptsPerIteration, iteration, seed);
    policy = await lab.withEngine(policy, async (engine) => {
      const groups = await sampleGroups(lab, engine, iterationName(iteration), iteration, asked);
      rollouts.push(groups);
      lab.say(`RL ${iteration + 1} of ${rl.iterations}: ${describe(scoresOf(groups))}`);
      return reinforce(lab, engine, policy, iteration, groups);
    });
  }
  return { rl: policy, rollouts };
}

/** One pass over a rollout: the algorithm says who teaches, and each batch of its lessons is an optimizer step. */
async function reinforce(lab: Lab, engine: Engine, policy: Policy, iteration: number, groups: readonly ScoredGroup[]) {
  const learner = createLearner(lab.config);
  const lessons = learner.teach(groups);
  const batches = splitIntoBatches(await buildSequences(lab, engine, lessons), lab.config, iteration);
  const training = await engine.train({
    ...rlTraining(lab.config, learner, lab.base.files),
    state: policy.state,
    batches,
  });
  for (const batch of batches) training.step(batch);
  return save(training);
}

/** What RL revealed: prompts that the policy masters, those it solves at times, and those beyond it. */
async function diagnose(lab: Lab, policy: Policy, prompts: readonly Prompt[]) {
  const { seed, rl, diagnosis } = lab.config;
  const examined = selectDiagnosisPrompts(prompts, diagnosis.prompts, seed);
  const groups = await lab.withEngine(policy, (engine) =>
    sampleGroups(lab, engine, DIAGNOSIS, rl.iterations, examined),
  );
  const routes = groups.map((group) => routeGroup(group.prompt.promptId, scoresOf([group]), lab.config.diagnosis));
  lab.say(`diagnosis: ${describe(scoresOf(groups))}; ${JSON.stringify(countRoutes(routes))}`);
  return { diagnosis: groups, routes };
}

/** What SFT learns: the policy's own successes, and verified answers of an expert where it has none. */
async function collectExamples({ runId, config, expert, say }: Lab, groups: ScoredGroup[], routes: Route[]) {
  const prompts = groups.map(({ prompt }) => prompt);
  const beyond = prompts.filter((_, at) => routes[at].kind === 'expert').slice(0, config.expert.maxConsultations);
  const consulted = await consult(expert, beyond);
  const answers = consulted.flatMap(({ answer }) => answer ?? []);
  const trajectories = groups.flatMap(({ members }) => members.map(({ trajectory }) => trajectory));
  const given = { routes, prompts, trajectories, scores: scoresOf(groups), answers };
  const selected = selectExamples(selectionOf(runId, config), given);
  say(`SFT on ${selected.length} examples: ${JSON.stringify(countSources(selected.map(({ example }) => example)))}`);
  return arrangeExamples(selected, config).examples;
}

/** SFT: each epoch is a shuffle of its own, and the optimizer begins anew. */
function enhance(lab: Lab, policy: Policy, examples: readonly PromptExample[]): Promise<Policy> {
  return lab.withEngine(policy, async (engine) => {
    const { processor } = engine;
    const built = examples.map(async ({ prompt, example }) =>
      buildSftSequence(processor, await processStoredPrompt(lab, processor, prompt), example),
    );
    const sequences = await Promise.all(built);
    const training = await engine.train(sftTraining(lab.config, examples.length));
    for (const { batch } of planSftSteps(lab.config, sequences)) training.step(batch);
    return save(training);
  });
}

/** The policies on prompts that none has learned from, by benchmark. */
async function evaluate(lab: Lab, policies: Record<string, Policy>) {
  const { seed, data } = lab.config;
  const seedOf = ({ promptId }: Prompt, index: number) => answerSeed(seed, promptId, index);
  const results: Record<string, BenchmarkResult> = {};
  for (const benchmark of loadBenchmarks(lab.config)) {
    const prompts = await drawPrompts(lab, benchmark.source ?? data.evaluation);
    const answers: PolicyAnswers[] = [];
    for (const policy of EVALUATED_POLICIES) {
      const completions = await lab.withEngine(policies[policy.name], (engine) =>
        sample(lab, engine, prompts, { ...benchmark, seedOf }),
      );
      const records = completions.map(({ prompt, text, tokenIds }) =>
        recordAnswer(benchmark, prompt, { text, tokenCount: tokenIds.length }),
      );
      answers.push({ policy, records });
      lab.say(`${policy.label} on ${benchmark.title}: ${describe(records)}`);
    }
    results[benchmark.name] = comparePolicies(benchmark, prompts, answers);
  }
  return results;
}

/** A group of trajectories for each prompt, each with what it earns. */
async function sampleGroups(lab: Lab, engine: Engine, name: string, policyVersion: number, prompts: readonly Prompt[]) {
  const { seed, sampling } = lab.config;
  const seedOf = ({ promptId }: Prompt, index: number) => trajectorySeed(seed, name, promptId, index);
  const completionsPerPrompt = groupSizeOf(lab.config, name);
  const completions = await sample(lab, engine, prompts, { completionsPerPrompt, sampling, seedOf });
  const members = completions.map(async (completion) => {
    const trajectory = toTrajectory(completion, policyVersion, seedOf);
    return { trajectory, score: await scoreTrajectory(completion.prompt, trajectory, lab.rewards) };
  });
  const scored = splitBySize(await Promise.all(members), completionsPerPrompt);
  return prompts.map((prompt, at): ScoredGroup => ({ prompt, members: scored[at] }));
}

/** Completions of each prompt, prompt after prompt. */
function sample(lab: Lab, engine: Engine, prompts: readonly Prompt[], plan: PromptSampling) {
  const together = Math.min(promptsTogether(lab.config, plan.completionsPerPrompt), prompts.length);
  const sampler = engine.createSampler(together * plan.completionsPerPrompt);
  return samplePrompts(lab, engine.processor, sampler, [prompts], plan);
}

async function drawPrompts({ store }: Lab, source: PromptSource): Promise<Prompt[]> {
  if (source.kind !== 'tasks') throw new InvalidInputError('the recipe draws tasks; take a dataset to rise run');
  const { prompts } = await materializePrompts(store, 'data', source);
  return prompts.map(({ prompt }) => prompt);
}

const save = ({ files, state, stepCount }: Trained): Policy => ({
  files: heldModelFiles(files()),
  state: { files: heldModelFiles(state()), stepCount },
});

type Lab = Awaited<ReturnType<typeof createLab>>;

/** What every part of the recipe works with. Images lie on its store, and answers that judges and experts were paid for. */
async function createLab(config: RunConfig, modelFolder: string, say: Say) {
  const base: Policy = { files: folderModelFiles(modelFolder) };
  const { engine } = config.compute;
  const precision = statedPrecision(config.compute) ?? (await measurePrecision(base.files)).precision;
  const store = createLocalStore(join(tmpdir(), 'rise-recipe'));
  const environment = (name: string) => process.env[name];
  const rewards = await loadRewards(store, config, environment);
  const expert = await loadExpert(store, config, { rewards, environment });
  /** Does work with an engine that is opened on a policy. */
  async function withEngine<Result>(policy: Policy, work: (engine: Engine) => Promise<Result>): Promise<Result> {
    const { files, adapter } = findPolicyFiles(config, base.files, policy === base ? undefined : policy.files);
    const opened = await openEngine(files, { engine, precision, adapter, pixelLimits: config.policy });
    try {
      return await work(opened);
    } finally {
      opened[Symbol.dispose]();
    }
  }
  return { runId: config.name, config, store, rewards, expert, base, withEngine, say };
}

const scoresOf = (groups: readonly ScoredGroup[]) => groups.flatMap(({ members }) => members.map(({ score }) => score));

function describe(verdicts: readonly { isCorrect: boolean }[]): string {
  const right = verdicts.filter(({ isCorrect }) => isCorrect).length;
  return `${((100 * right) / verdicts.length).toFixed(1)}% of ${verdicts.length} are right`;
}

async function main(file = join(import.meta.dirname, 'tiny.yaml')): Promise<void> {
  const config = await chooseSlots(await readRunConfig(file), dirname(file));
  await runRecipe(config, resolve(dirname(file), config.policy.model));
}

if (process.argv[1] === import.meta.filename) main(process.argv[2]);
