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
import type { Lesson, RlValues, ScoredGroup } from '../src/algorithms/algorithm.ts';
import { createLearner } from '../src/algorithms/index.ts';
import { sft } from '../src/algorithms/sft.ts';
import { packageRoot } from '../src/base/package-root.ts';
import type { RawImage } from '../src/base/raw-image.ts';
import { splitBySize } from '../src/base/split-list.ts';
import { comparePolicies, type PolicyAnswers } from '../src/benchmarks/compare-policies.ts';
import { type ActiveBenchmark, loadBenchmarks } from '../src/benchmarks/index.ts';
import { type Engine, measurePrecision, openEngine, type Training } from '../src/engine/open-engine.ts';
import type { ProcessedPrompt } from '../src/engine/processing/processor.ts';
import { folderModelFiles, heldModelFiles, type ModelFiles } from '../src/engine/weights/model-files.ts';
import { consult } from '../src/experts/consult.ts';
import { type ActiveExpert, loadExpert } from '../src/experts/index.ts';
import type { PromptExample } from '../src/formats/format.ts';
import { readRunConfig } from '../src/launch/read-run-config.ts';
import { type ActiveReward, responseDemandsOf, scoreTrajectory } from '../src/rewards/index.ts';
import { loadRewards } from '../src/rewards/load-rewards.ts';
import type { PromptSource } from '../src/schema/config/prompt-source.ts';
import type { RunConfig } from '../src/schema/config/run-config.ts';
import { InvalidInputError } from '../src/schema/errors.ts';
import { EVALUATED_POLICIES } from '../src/schema/evaluated-policies.ts';
import type { BenchmarkResult } from '../src/schema/evaluation.ts';
import { DIAGNOSIS, iterationName } from '../src/schema/keys.ts';
import type { Prompt } from '../src/schema/prompt.ts';
import { countRoutes, type Route } from '../src/schema/route.ts';
import { countSources } from '../src/schema/sft-example.ts';
import { selectDiagnosisPrompts, selectIterationPrompts } from '../src/stages/plan/select-prompts.ts';
import { processPrompt } from '../src/stages/process-prompt.ts';
import { shuffleExamples } from '../src/stages/publish/pack-shards.ts';
import { selectExamples } from '../src/stages/publish/select-examples.ts';
import { routeGroup } from '../src/stages/route/route-group.ts';
import { answerSeed, trajectorySeed } from '../src/stages/seeds.ts';
import { splitIntoBatches } from '../src/stages/train-rl/rl-steps.ts';
import { planSftSteps } from '../src/stages/train-sft/sft-steps.ts';
import { createLocalStore } from '../src/store/local-store.ts';
import { drawTasks } from '../src/tasks/index.ts';

/** A policy: a checkpoint folder, and how many steps its optimizer has taken; the base model's has none. */
interface Policy {
  files: ModelFiles;
  steps?: number;
}

/** What every part of the recipe works with. */
interface Lab {
  config: RunConfig;
  rewards: readonly ActiveReward[];
  expert: ActiveExpert;
  base: Policy;
  /** Does work with an engine that is opened on a policy. */
  withEngine<Result>(policy: Policy, work: (engine: Engine) => Promise<Result>): Promise<Result>;
  say(line: string): void;
}

/** The recipe, from the folder of a base model to a policy that is better twice over. */
export async function runRecipe(config: RunConfig, modelFolder: string, say: (line: string) => void = console.log) {
  const lab = await createLab(config, modelFolder, say);
  const prompts = drawPrompts(config.data.train);

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
      const rollout = { name: iterationName(iteration), policyVersion: iteration, groupSize: rl.groupSize };
      const groups = await sampleGroups(lab, engine, rollout, asked);
      rollouts.push(groups);
      lab.say(`RL ${iteration + 1} of ${rl.iterations}: ${describe(groups)}`);
      return reinforce(lab, engine, policy, iteration, groups);
    });
  }
  return { rl: policy, rollouts };
}

/** One pass over a rollout: the algorithm says who teaches, and each batch of its lessons is an optimizer step. */
async function reinforce(lab: Lab, engine: Engine, policy: Policy, iteration: number, groups: readonly ScoredGroup[]) {
  const { config, base } = lab;
  const learner = createLearner(config);
  const lessons = learner.teach(groups);
  const prompts = [...new Set(lessons.map(({ prompt }) => prompt))];
  const inputs = new Map(prompts.map((prompt) => [prompt, read(lab, engine, prompt)]));
  const toSequence = async ({ prompt, trajectory: { tokenIds, samplingLogprobs }, advantage }: Lesson) => ({
    prompt: await inputs.get(prompt)!,
    completionIds: tokenIds,
    values: { sampling: samplingLogprobs, advantages: new Float32Array(tokenIds.length).fill(advantage) },
  });
  const batches = splitIntoBatches(await Promise.all(lessons.map(toSequence)), config, iteration);
  const training = await engine.train<RlValues>({
    objective: learner,
    optimizer: config.rl.optimizer,
    freezeVisionTower: config.policy.freezeVisionTower,
    totalSteps: config.rl.iterations * config.rl.stepsPerIteration,
    stepsBefore: policy.steps,
    microBatchSequences: config.rl.microBatchSequences,
    batches,
    reference: learner.needsReference ? base.files : undefined,
  });
  for (const batch of batches) training.step(batch);
  return save(training);
}

/** What RL revealed: prompts that the policy masters, those it solves at times, and those beyond it. */
async function diagnose(lab: Lab, policy: Policy, prompts: readonly Prompt[]) {
  const { seed, rl, diagnosis } = lab.config;
  const examined = selectDiagnosisPrompts(prompts, diagnosis.prompts, seed);
  const rollout = { name: DIAGNOSIS, policyVersion: rl.iterations, groupSize: diagnosis.trajectoriesPerPrompt };
  const groups = await lab.withEngine(policy, (engine) => sampleGroups(lab, engine, rollout, examined));
  const scoresOf = ({ members }: ScoredGroup) => members.map(({ score }) => score);
  const routes = groups.map((group) => routeGroup(group.prompt.promptId, scoresOf(group)));
  lab.say(`diagnosis: ${describe(groups)}; ${JSON.stringify(countRoutes(routes))}`);
  return { diagnosis: groups, routes };
}

/** What SFT learns: the policy's own successes, and verified answers of an expert where it has none. */
async function collectExamples({ config, expert, say }: Lab, groups: readonly ScoredGroup[], routes: readonly Route[]) {
  const { name: runId, seed, diagnosis } = config;
  const prompts = groups.map(({ prompt }) => prompt);
  const beyond = prompts.filter((_, at) => routes[at].kind === 'expert').slice(0, config.expert.maxConsultations);
  const answers = await consult(expert, beyond, responseDemandsOf(config.rewards));
  const trajectories = groups.flatMap(({ members }) => members.map(({ trajectory }) => trajectory));
  const scores = groups.flatMap(({ members }) => members.map(({ score }) => score));
  const selection = { runId, seed, maxKept: diagnosis.maxKeptPerPrompt };
  const selected = selectExamples(selection, { routes, prompts, trajectories, scores, answers });
  say(`SFT on ${selected.length} examples: ${JSON.stringify(countSources(selected.map(({ example }) => example)))}`);
  return shuffleExamples(selected, seed);
}

/** SFT: each epoch is a shuffle of its own, and the optimizer begins anew. */
function enhance(lab: Lab, policy: Policy, examples: readonly PromptExample[]): Promise<Policy> {
  const { config } = lab;
  const { epochs, sequencesPerStep, microBatchSequences, optimizer } = config.sft;
  return lab.withEngine(policy, async (engine) => {
    const { encode, stopTokenIds } = engine.processor;
    const toSequence = async ({ prompt, example }: PromptExample) => ({
      prompt: await read(lab, engine, prompt),
      completionIds: [...encode(example.response), stopTokenIds[0]],
    });
    const sequences = await Promise.all(examples.map(toSequence));
    const training = await engine.train({
      objective: sft,
      optimizer,
      freezeVisionTower: config.policy.freezeVisionTower,
      totalSteps: epochs * Math.ceil(examples.length / sequencesPerStep),
      microBatchSequences,
    });
    for (const { batch } of planSftSteps(config, sequences)) training.step(batch);
    return save(training);
  });
}

/** The policies on prompts that none has learned from, by benchmark. */
async function evaluate(lab: Lab, policies: Record<string, Policy>): Promise<Record<string, BenchmarkResult>> {
  const { config, say } = lab;
  const results: Record<string, BenchmarkResult> = {};
  for (const benchmark of loadBenchmarks(config)) {
    const prompts = drawPrompts(benchmark.source ?? config.data.evaluation);
    const seedOf = (promptId: string, index: number) => answerSeed(config.seed, promptId, index);
    const answers: PolicyAnswers[] = [];
    for (const policy of EVALUATED_POLICIES) {
      const records = await lab.withEngine(policies[policy.name], async (engine) => {
        const completions = await sample(lab, engine, prompts, benchmark, seedOf);
        return completions.map(({ prompt, ...answer }) => benchmark.grade(prompt, answer));
      });
      answers.push({ policy, records });
      say(`${policy.label} on ${benchmark.title}: ${percent(benchmark.aggregate(records).accuracy)}`);
    }
    results[benchmark.name] = comparePolicies(benchmark, answers);
  }
  return results;
}

/** A group of trajectories for each prompt, each with what it earns. */
async function sampleGroups(
  lab: Lab,
  engine: Engine,
  { name, policyVersion, groupSize }: { name: string; policyVersion: number; groupSize: number },
  prompts: readonly Prompt[],
): Promise<ScoredGroup[]> {
  const { seed, sampling } = lab.config;
  const seedOf = (promptId: string, index: number) => trajectorySeed(seed, name, promptId, index);
  const completions = await sample(lab, engine, prompts, { completionsPerPrompt: groupSize, sampling }, seedOf);
  const members = completions.map(
    async ({ prompt, index: trajectoryIndex, logprobs: samplingLogprobs, ...sampled }) => {
      const trajectory = { promptId: prompt.promptId, trajectoryIndex, policyVersion, samplingLogprobs, ...sampled };
      return { trajectory, score: await scoreTrajectory(prompt, trajectory, lab.rewards) };
    },
  );
  const scored = splitBySize(await Promise.all(members), groupSize);
  return prompts.map((prompt, at) => ({ prompt, members: scored[at] }));
}

/** Completions of each prompt, prompt after prompt; siblings share what was read of theirs. */
async function sample(
  lab: Lab,
  engine: Engine,
  prompts: readonly Prompt[],
  { completionsPerPrompt: count, sampling }: Pick<ActiveBenchmark, 'completionsPerPrompt' | 'sampling'>,
  seedOf: (promptId: string, index: number) => number,
) {
  const { stopTokenIds, decode } = engine.processor;
  const inputs = await Promise.all(prompts.map((prompt) => read(lab, engine, prompt)));
  const requests = prompts.flatMap(({ promptId }, at) =>
    Array.from({ length: count }, (_, index) => ({ prompt: inputs[at], seed: seedOf(promptId, index) })),
  );
  const promptsTogether = Math.max(1, Math.floor(lab.config.compute.decodeBatchSequences / count));
  const sampler = engine.createSampler(Math.min(promptsTogether * count, requests.length));
  const completions = await sampler.generate(requests, { ...sampling, stopTokenIds });
  return completions.map((completion, at) => ({
    ...completion,
    prompt: prompts[Math.floor(at / count)],
    index: at % count,
    seed: requests[at].seed,
    text: decode(completion.tokenIds, { skipSpecialTokens: true }),
  }));
}

/** Images of the prompts that were drawn, which a run keeps on its store. */
const imagesOf = new WeakMap<Prompt, RawImage[]>();

function drawPrompts(source: PromptSource): Prompt[] {
  if (source.kind !== 'tasks') throw new InvalidInputError('the recipe draws tasks; take a dataset to rise run');
  return drawTasks(source).map(({ answer: groundTruth, images, ...task }) => {
    const prompt: Prompt = { ...task, groundTruth, images: [] };
    imagesOf.set(prompt, images);
    return prompt;
  });
}

const read = ({ config }: Lab, { processor }: Engine, prompt: Prompt): Promise<ProcessedPrompt> =>
  processPrompt(processor, prompt, imagesOf.get(prompt)!, config);

function save(training: Pick<Training<object>, 'files' | 'stepCount'>): Policy {
  return { files: heldModelFiles(training.files()), steps: training.stepCount };
}

async function createLab(config: RunConfig, modelFolder: string, say: Lab['say']): Promise<Lab> {
  const { minPixels, maxPixels } = config.policy;
  const { engine, precision: asked } = config.compute;
  const base = { files: folderModelFiles(modelFolder) };
  const precision = asked === 'auto' ? (await measurePrecision(base.files)).precision : asked;
  // Judges and experts keep in it what they were paid for; nothing else is kept.
  const store = createLocalStore(join(tmpdir(), 'rise-recipe'));
  const environment = (name: string) => process.env[name];
  return {
    config,
    rewards: await loadRewards(store, config, environment),
    expert: loadExpert(store, config.expert, environment),
    base,
    async withEngine({ files }, work) {
      const opened = await openEngine(files, { engine, precision, pixelLimits: { minPixels, maxPixels } });
      try {
        return await work(opened);
      } finally {
        opened[Symbol.dispose]();
      }
    },
    say,
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

function describe(groups: readonly ScoredGroup[]): string {
  const scores = groups.flatMap(({ members }) => members.map(({ score }) => score));
  return `${percent(scores.filter(({ isCorrect }) => isCorrect).length / scores.length)} of ${scores.length} are right`;
}

async function main(file = join(packageRoot, 'examples/tiny.yaml')): Promise<void> {
  const config = await readRunConfig(file);
  await runRecipe(config, resolve(dirname(file), config.policy.model));
}

if (process.argv[1] === import.meta.filename) main(process.argv[2]);
