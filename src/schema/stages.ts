import type { z } from 'zod';
import type { ConfigPart } from './config/config-part.ts';
import { measuringBenchmark } from './config/evaluation.ts';
import type { ExpertConfig } from './config/expert.ts';
import { expertPolicyOf } from './config/expert-policy.ts';
import type { RunConfig } from './config/run-config.ts';
import { EVALUATED_POLICIES } from './evaluated-policies.ts';
import {
  benchmarkPrefix,
  checkpointPrefix,
  DIAGNOSIS,
  evaluationPrefix,
  expertPrefix,
  expertSamplesPrefix,
  iterationName,
  manifestKey,
  partsPrefix,
  planPrefix,
  promptsPrefix,
  reportPrefix,
  rlResumePrefix,
  rolloutName,
  routesPrefix,
  scoreJournalsPrefix,
  scoresPrefix,
  sftCheckpointPrefix,
  sftResumePrefix,
  sftShardsPrefix,
  takenKey,
  trainingStatePrefix,
  trajectoriesPrefix,
} from './keys.ts';
import { isMeasured, measuredIterations } from './measured-iterations.ts';
import { countShards } from './rollout-size.ts';
import {
  type FunctionLimits,
  noteOnLambda,
  onBatch,
  onLambda,
  type Recipe,
  type Stage,
  type StoreAccess,
  type Work,
} from './stage.ts';
import {
  BudgetQuestion,
  DiagnosedPolicy,
  DiagnosedRun,
  EvaluateIterationJob,
  ExecutionInput,
  FailureInput,
  PlanInput,
  RolloutJob,
  ShardItem,
  TrainRlJob,
} from './stage-inputs.ts';

const RUNS = 'runs/*';
const TRAJECTORIES = 'trajectories/*';
const CHECKPOINTS = 'runs/*/checkpoint/*';
const ITERATION_CHECKPOINTS = 'runs/*/iteration-*/checkpoint/*';
/** What training jobs go on from. */
const TRAINING = 'training/*';
const IMAGES = 'images/*';
const MODELS = 'models/*';
const DATASETS = 'datasets/*';
/** Code that stages run: no stage may write it. */
const REWARDS = 'rewards/*';
/** The same, of experts. */
const EXPERT_MODULES = 'experts/*';
/** What judges were asked before, by any run. */
const JUDGEMENTS = 'judgements/*';
/** What experts answered before, to any run. */
const EXPERT_ANSWERS = 'expert-answers/*';
/** Work that runs offer each other, by the hash of all that it follows from. */
const OFFERED = 'stages/*';
/** What the run's jobs compute in, measured by the first of them. */
const PRECISION = 'runs/*/precision/*';
/** What each attempt of a job has taken. */
const ATTEMPTS = 'runs/*/attempts/*';

/** Of jobs that measure policies. */
const MEASURING: StoreAccess = {
  reads: [RUNS, MODELS, IMAGES, OFFERED],
  writes: ['runs/*/evaluation/*', PRECISION, OFFERED, ATTEMPTS],
  deletes: ['runs/*/evaluation/*/parts/*', takenKey(evaluationPrefix('*', '*'))],
};

/** The trained policy after that many iterations; none where it is the base model, which no stage made. */
const trainedPolicy = (runId: string, iterations: number) =>
  iterations === 0 ? [] : [checkpointPrefix(runId, iterations - 1)];

/** Of the config, what comes of sampling and training follows from in every job. */
const ENGINE = ['seed', 'policy', 'compute.engine', 'compute.precision'] as const;
/** The same of jobs that sample. */
const SAMPLER = [...ENGINE, 'compute.decodeBatchSequences'] as const;
/** The same of jobs that measure policies. */
const MEASURED = [...SAMPLER, 'evaluation.benchmarks', 'evaluation.sampling', 'rewards.accuracy.options'] as const;
/** How many trajectories a rollout has of each prompt. */
const groupSizePath = (rollout: string) =>
  rollout === DIAGNOSIS ? ('diagnosis.trajectoriesPerPrompt' as const) : ('rl.groupSize' as const);

/**
 * How many iterations after its own an RL policy is last gone on from: the next trains it, and the one after samples it too
 * where rollouts are one policy older.
 */
const policyLife = ({ rl }: Pick<RunConfig, 'rl'>) => (rl.pipelined ? 2 : 1);

/** Whether the policy after an iteration goes when no other work of the run needs it: not one that may be the best. */
function isPassing(config: RunConfig, iteration: number): boolean {
  if (isMeasured(config, iteration)) return false;
  const { rl, compute } = config;
  const { keepCheckpoints } = compute;
  return keepCheckpoints !== 'all' && iteration < rl.iterations - Math.max(keepCheckpoints, policyLife({ rl }));
}

/** Folders of what the RL policy was measured to be while it learned. */
const measurements = (runId: string, config: RunConfig) =>
  measuredIterations(config).map((iteration) => evaluationPrefix(runId, iterationName(iteration)));

/** Of the RL policy: the folder in which it has answered the same prompts while it learned, where it has. */
export function measuredBefore(
  { runId, policyVersion }: DiagnosedPolicy,
  { rl, evaluation }: ConfigPart<'rl.iterations' | 'evaluation.duringRl'>,
  index: number,
): string[] {
  const isSame = EVALUATED_POLICIES[index].name === 'rl' && evaluation.duringRl && !evaluation.duringRl.source;
  const iteration = policyVersion - 1;
  return isSame && isMeasured({ rl, evaluation }, iteration) ? [evaluationPrefix(runId, iterationName(iteration))] : [];
}

const ofEach = (count: number, prefixOf: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => prefixOf(i));

/** Routes that say which prompts of a shard the expert is asked about: where that is bounded, those before it count. */
const consultedRoutes = (runId: string, shard: number, { maxConsultations }: ExpertConfig) =>
  maxConsultations === undefined
    ? [routesPrefix(runId, shard)]
    : ofEach(shard + 1, (earlier) => routesPrefix(runId, earlier));

/**
 * Every stage, in the order of the recipe, by its one name: that of its folder in `stages/`, of its Lambda or job, in its
 * manifest, and in PascalCase of its states. Whatever else knows a stage derives it from here: events and jobs what they
 * parse, roles what they may touch, the local runner what is done, forecasts what is read, lineage what is made from what.
 */
export const STAGES = {
  validate: onLambda({
    input: ExecutionInput,
    prefix: ({ runId }) => promptsPrefix(runId),
    madeFrom: () => [],
    access: {
      reads: [RUNS, REWARDS, EXPERT_MODULES, DATASETS, 'models/*/*.json', IMAGES],
      writes: ['runs/*/prompts/*', 'runs/*/started.json', IMAGES],
    },
    installs: ['sharp'],
  }),
  plan: onLambda({
    input: PlanInput,
    prefix: ({ runId, rollout, iteration }) => planPrefix(runId, rolloutName(rollout, iteration)),
    madeFrom: ({ runId, rollout }, config) => [
      promptsPrefix(runId),
      ...(rollout === 'diagnosis' && config.evaluation.duringRl?.goesOn === 'best' ? measurements(runId, config) : []),
    ],
    access: { reads: [RUNS], writes: ['runs/*/plan/*'] },
  }),
  rollout: onBatch({
    input: RolloutJob,
    prefix: ({ runId, rollout }, shard) => trajectoriesPrefix(runId, rollout, shard),
    madeFrom: ({ runId, rollout, policyVersion }) => [
      planPrefix(runId, rollout),
      ...trainedPolicy(runId, policyVersion),
    ],
    keeps: ({ runId, rollout }, _, shard) => [partsPrefix(trajectoriesPrefix(runId, rollout, shard))],
    recipe: { version: '1', reads: ({ rollout }) => [...SAMPLER, 'sampling', groupSizePath(rollout)], uses: [] },
    access: {
      reads: [RUNS, TRAJECTORIES, MODELS, IMAGES, OFFERED],
      writes: [TRAJECTORIES, PRECISION, OFFERED, ATTEMPTS],
      deletes: ['trajectories/*/parts/*', takenKey('trajectories/*/')],
    },
    queue: 'rollout',
  }),
  score: onLambda({
    input: ShardItem,
    prefix: ({ runId, rollout, shard }) => scoresPrefix(runId, rollout, shard),
    madeFrom: ({ runId, rollout, shard }) => [planPrefix(runId, rollout), trajectoriesPrefix(runId, rollout, shard)],
    keeps: ({ runId, rollout, shard }) => [scoreJournalsPrefix(scoresPrefix(runId, rollout, shard))],
    recipe: {
      version: '1',
      reads: ({ rollout }) => ['rewards', 'sampling.maxNewTokens', groupSizePath(rollout)],
      uses: [],
    },
    access: {
      reads: [RUNS, TRAJECTORIES, REWARDS, JUDGEMENTS, OFFERED],
      writes: ['runs/*/scores/*', JUDGEMENTS, OFFERED],
      deletes: ['runs/*/scores/*/journal/*', takenKey('runs/*/scores/*/')],
    },
    concurrency: 100,
    nextAttempt: 'goes-on',
  }),
  'train-rl': onBatch({
    input: TrainRlJob,
    prefix: ({ runId, iteration }) => checkpointPrefix(runId, iteration),
    madeFrom: ({ runId, rollout, iteration, shardCount }) => [
      planPrefix(runId, rollout),
      ...ofEach(shardCount, (shard) => trajectoriesPrefix(runId, rollout, shard)),
      ...ofEach(shardCount, (shard) => scoresPrefix(runId, rollout, shard)),
      ...trainedPolicy(runId, iteration),
    ],
    keeps: ({ runId, iteration }) => [
      rlResumePrefix(runId, iteration),
      ...(iteration === 0 ? [] : [trainingStatePrefix(runId, iteration - 1)]),
    ],
    neededUntil(key, { runId, iteration }, config) {
      if (key.startsWith(trainingStatePrefix(runId, iteration))) return checkpointPrefix(runId, iteration + 1);
      return isPassing(config, iteration) ? checkpointPrefix(runId, iteration + policyLife(config)) : undefined;
    },
    supersedes({ runId, iteration }, config) {
      const earlier = iteration - policyLife(config);
      return earlier >= 0 && isPassing(config, earlier) ? [checkpointPrefix(runId, earlier)] : [];
    },
    recipe: {
      version: '1',
      reads: () => [...ENGINE, 'rl', 'sampling.maxNewTokens'],
      uses: ['compute.checkpointSeconds'],
    },
    access: {
      reads: [RUNS, TRAJECTORIES, TRAINING, MODELS, IMAGES, OFFERED],
      writes: [CHECKPOINTS, TRAINING, PRECISION, OFFERED, ATTEMPTS],
      deletes: [TRAINING, ITERATION_CHECKPOINTS],
    },
    queue: 'training',
  }),
  route: onLambda({
    input: ShardItem,
    prefix: ({ runId, shard }) => routesPrefix(runId, shard),
    madeFrom: ({ runId, rollout, shard }) => [planPrefix(runId, rollout), scoresPrefix(runId, rollout, shard)],
    // By what is correct.
    goesBy: ['accuracy'],
    access: { reads: [RUNS], writes: ['runs/*/routes/*'] },
    concurrency: 100,
  }),
  'sample-expert': onBatch({
    input: DiagnosedRun,
    prefix: ({ runId }, shard) => expertSamplesPrefix(runId, shard),
    madeFrom: ({ runId }, { expert }, shard) => [
      planPrefix(runId, DIAGNOSIS),
      ...consultedRoutes(runId, shard, expert),
    ],
    keeps: ({ runId }, _, shard) => [partsPrefix(expertSamplesPrefix(runId, shard))],
    access: {
      reads: [RUNS, MODELS, IMAGES],
      writes: ['runs/*/expert-samples/*', PRECISION, ATTEMPTS],
      deletes: ['runs/*/expert-samples/*/parts/*'],
    },
    queue: 'rollout',
  }),
  'consult-expert': onLambda({
    input: ShardItem,
    prefix: ({ runId, shard }) => expertPrefix(runId, shard),
    madeFrom: ({ runId, rollout, shard }, { expert }) => [
      planPrefix(runId, rollout),
      ...consultedRoutes(runId, shard, expert),
      ...(expertPolicyOf(expert) ? [expertSamplesPrefix(runId, shard)] : []),
    ],
    access: {
      reads: [RUNS, IMAGES, DATASETS, REWARDS, EXPERT_MODULES, JUDGEMENTS, EXPERT_ANSWERS],
      writes: ['runs/*/expert/*', JUDGEMENTS, EXPERT_ANSWERS],
    },
    // Experts are metered services with request limits.
    concurrency: 8,
    nextAttempt: 'goes-on',
  }),
  publish: onLambda({
    input: DiagnosedRun,
    prefix: ({ runId }) => sftShardsPrefix(runId),
    madeFrom: ({ runId, shardCount }) => [
      planPrefix(runId, DIAGNOSIS),
      ...ofEach(shardCount, (shard) => trajectoriesPrefix(runId, DIAGNOSIS, shard)),
      ...ofEach(shardCount, (shard) => scoresPrefix(runId, DIAGNOSIS, shard)),
      ...ofEach(shardCount, (shard) => routesPrefix(runId, shard)),
      ...ofEach(shardCount, (shard) => expertPrefix(runId, shard)),
    ],
    // The routes say what is learned; scores stand beside it as evidence.
    goesBy: ['accuracy'],
    access: { reads: [RUNS, TRAJECTORIES, IMAGES], writes: ['runs/*/sft-shards/*'] },
  }),
  'train-sft': onBatch({
    input: DiagnosedPolicy,
    prefix: ({ runId }) => sftCheckpointPrefix(runId),
    madeFrom: ({ runId, policyVersion }) => [sftShardsPrefix(runId), ...trainedPolicy(runId, policyVersion)],
    keeps: ({ runId }) => [sftResumePrefix(runId)],
    recipe: {
      version: '1',
      reads: () => [
        ...ENGINE,
        ...([
          'sft.epochs',
          'sft.maxSteps',
          'sft.order',
          'sft.sequencesPerStep',
          'sft.microBatchSequences',
          'sft.optimizer',
        ] as const),
      ],
      uses: ['compute.checkpointSeconds'],
      places: ['policyVersion'],
    },
    access: {
      reads: [RUNS, TRAINING, MODELS, OFFERED],
      writes: [CHECKPOINTS, TRAINING, PRECISION, OFFERED, ATTEMPTS],
      deletes: [TRAINING, takenKey(sftCheckpointPrefix('*'))],
    },
    queue: 'training',
  }),
  'evaluate-iteration': onBatch({
    input: EvaluateIterationJob,
    prefix: ({ runId, iteration }) => evaluationPrefix(runId, iterationName(iteration)),
    madeFrom: ({ runId, iteration }) => [promptsPrefix(runId), checkpointPrefix(runId, iteration)],
    keeps: ({ runId, iteration }, { evaluation }) => [
      partsPrefix(benchmarkPrefix(runId, iterationName(iteration), measuringBenchmark(evaluation))),
    ],
    recipe: {
      version: '1',
      reads: () => [...MEASURED, 'evaluation.duringRl.benchmark', 'evaluation.duringRl.source'],
      uses: [],
    },
    access: MEASURING,
    queue: 'rollout',
  }),
  evaluate: onBatch({
    input: DiagnosedPolicy,
    prefix: ({ runId }, index) => evaluationPrefix(runId, EVALUATED_POLICIES[index].name),
    madeFrom: (input, config, index) => {
      const { runId } = input;
      const checkpoint = EVALUATED_POLICIES[index].prefixOf(input, config);
      return [
        promptsPrefix(runId),
        ...(checkpoint === config.policy.model ? [] : [checkpoint]),
        ...measuredBefore(input, config, index),
      ];
    },
    keeps: ({ runId }, { evaluation }, index) =>
      Object.keys(evaluation.benchmarks).map((benchmark) =>
        partsPrefix(benchmarkPrefix(runId, EVALUATED_POLICIES[index].name, benchmark)),
      ),
    recipe: {
      version: '1',
      reads: () => MEASURED,
      uses: ['rl.iterations', 'evaluation.duringRl'],
      places: ['policyVersion'],
    },
    access: MEASURING,
    queue: 'rollout',
  }),
  report: onLambda({
    input: DiagnosedRun,
    prefix: ({ runId }) => reportPrefix(runId),
    madeFrom: ({ runId, shardCount }, config) => [
      promptsPrefix(runId),
      ...EVALUATED_POLICIES.map(({ name }) => evaluationPrefix(runId, name)),
      ...measurements(runId, config),
      ...ofEach(shardCount, (shard) => routesPrefix(runId, shard)),
      ...ofEach(shardCount, (shard) => expertPrefix(runId, shard)),
      sftShardsPrefix(runId),
      ...ofEach(shardCount, (shard) => scoresPrefix(runId, DIAGNOSIS, shard)),
      ...ofEach(config.rl.iterations, iterationName).flatMap((rollout) =>
        ofEach(
          countShards({ prompts: config.rl.promptsPerIteration, groupSize: config.rl.groupSize }, config),
          (shard) => scoresPrefix(runId, rollout, shard),
        ),
      ),
    ],
    access: { reads: [RUNS, takenKey('trajectories/*/')], writes: ['runs/*/report/*', 'runs/*/summary.json'] },
  }),
  'check-budget': noteOnLambda({
    input: BudgetQuestion,
    access: { reads: [RUNS, 'trajectories/*/manifest.json', 'models/*/*.json'], writes: ['runs/*/budget-check.json'] },
  }),
  'record-failure': noteOnLambda({
    input: FailureInput,
    access: { reads: [RUNS], writes: ['runs/*/failure.json'] },
  }),
};

export type StageName = keyof typeof STAGES;
export type StageInput<N extends StageName> = z.infer<(typeof STAGES)[N]['input']>;
/** What a stage sees of the config: what its line names, where it has a recipe. */
export type StageConfig<N extends StageName> = (typeof STAGES)[N] extends { recipe?: Recipe<never, infer P> }
  ? [P] extends [never]
    ? RunConfig
    : ConfigPart<P>
  : RunConfig;

type NamesOf<T> = { [N in StageName]: (typeof STAGES)[N] extends T ? N : never }[StageName];
export type FunctionName = NamesOf<{ home: 'lambda' }>;
export type JobName = NamesOf<{ home: 'batch' }>;
/** Stages that write a manifest. */
export type WorkName = NamesOf<{ prefix: unknown }>;
/** Stages that each run does anew, and that see all of the config. */
export type AnewName = {
  [N in WorkName]: RunConfig extends StageConfig<N> ? (StageConfig<N> extends RunConfig ? N : never) : never;
}[WorkName];

export const STAGE_NAMES = Object.keys(STAGES) as StageName[];
export const FUNCTION_NAMES = STAGE_NAMES.filter((name): name is FunctionName => STAGES[name].home === 'lambda');
export const JOB_NAMES = STAGE_NAMES.filter((name): name is JobName => STAGES[name].home === 'batch');

/** The table's line of a stage, for code that takes whichever stage it is given, input and all. */
export const stageOf = (name: StageName): Stage & { home: 'lambda' | 'batch' } => STAGES[name];
export const workOf = (name: WorkName): Work => STAGES[name];
export const limitsOf = (name: FunctionName): FunctionLimits => STAGES[name];

const unionOf = (keys: keyof StoreAccess) => [
  ...new Set(JOB_NAMES.flatMap((name) => stageOf(name).access[keys] ?? [])),
];
/** What the GPU worker may touch, whichever job it runs. */
export const JOB_ACCESS: StoreAccess = {
  reads: unionOf('reads'),
  writes: unionOf('writes'),
  deletes: unionOf('deletes'),
};

/** Whether this names a stage that writes a manifest. */
export const isWork = (name: string): name is WorkName => name in STAGES && 'prefix' in stageOf(name as StageName);

/** Key of the manifest that a job writes last: where it is present, the job has nothing left to do. */
export function jobManifestKey(name: JobName, input: unknown, index: number): string {
  const stage = workOf(name);
  return manifestKey(stage.prefix(stage.input.parse(input), index));
}

/** Name of a stage's state, `ScoreDiagnosis` of `score`. */
export function stateName(name: StageName, suffix = ''): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.slice(-1).toUpperCase()) + suffix;
}
