/** Every key on the store comes from here. A folder key ends with `/`. */

const pad = (value: number, width: number) => String(value).padStart(width, '0');

export const imageKey = (sha256: string, extension: string) => `images/${sha256}.${extension}`;
export const modelPrefix = (contentHash: string) => `models/${contentHash}/`;
export const datasetPrefix = (contentHash: string) => `datasets/${contentHash}/`;
/** The folder a key lies in, where that is named by its content: a model or a dataset that a run brought. */
export const contentPrefixOf = (key: string) => /^(?:models|datasets)\/[0-9a-f]{16}\//.exec(key)?.[0];
/** What was put into such a folder: beside it, as all in it is the user's. */
export const contentListKey = (contentPrefix: string) => `${contentPrefix.slice(0, -1)}.json`;

/** A judge's verdicts by the hash of all they rest on, shared by every run. */
export const judgementKey = (contentHash: string) => `judgements/${contentHash}.json`;

/** An expert's answer by the hash of all it rests on, shared by every run. */
export const expertAnswerKey = (contentHash: string) => `expert-answers/${contentHash}.json`;

/** An expert of the user's own, by the hash of its bytes. */
export const expertModuleKey = (sha256: string, file: string) => `experts/${sha256}/${file}`;

/** A reward of the user's own, by the hash of its bytes. */
export const rewardModuleKey = (sha256: string, file: string) => `rewards/${sha256}/${file}`;

/** Archives of this project's source, from which an image is built on AWS. */
export const WORKER_SOURCES = 'builds/worker-source/';

/** Work of any run by the hash of all that its result follows from: each run that has it is named there. */
export const OFFERED_WORKS = 'stages/';
export const offeredWorksPrefix = (recipe: string) => `${OFFERED_WORKS}${recipe}/`;
export const offeredWorkKey = (recipe: string, runId: string) => `${offeredWorksPrefix(recipe)}${runId}.json`;
/** What stands beside a manifest whose files another run has made. */
export const takenKey = (prefix: string) => `${prefix}taken.json`;
/** A run that takes nothing of earlier ones. */
export const freshKey = (runId: string) => `${runPrefix(runId)}fresh.json`;
/** The key at which another run has what this one has at a key of its own. */
export const inRun = (key: string, runId: string, otherRunId: string) => {
  const [room, owner, ...rest] = key.split('/');
  return (RUN_ROOMS as readonly string[]).includes(`${room}/`) && owner === runId
    ? [room, otherRunId, ...rest].join('/')
    : key;
};

export const RUNS = 'runs/';
/** Where runs have their files, each run in a folder of its own. */
export const RUN_ROOMS = [RUNS, 'trajectories/', 'training/'] as const;
export const runPrefix = (runId: string) => `${RUNS}${runId}/`;
export const configKey = (runId: string) => `${runPrefix(runId)}config.json`;
export const promptsPrefix = (runId: string) => `${runPrefix(runId)}prompts/`;
/** The set of prompts that RL policies are chosen by, where it is one of its own. */
export const MEASURING_SET = 'during-rl';
/** A set of prompts: `train`, `evaluation`, `during-rl`, or that of a benchmark with prompts of its own. */
export const promptsKey = (runId: string, set: string) => `${promptsPrefix(runId)}${set}.jsonl`;

/** Training prompts that are held out, where the run leaves them out. */
export const leftOutKey = (runId: string) => `${promptsPrefix(runId)}left-out.jsonl`;

/** What the run's products of matrices are computed in, where the config leaves it to measuring. */
export const precisionPrefix = (runId: string) => `${runPrefix(runId)}precision/`;

/** Name of the rollout of an RL iteration; the diagnosis rollout is `diagnosis`. */
export const iterationName = (iteration: number) => `iteration-${pad(iteration, 6)}`;
export const DIAGNOSIS = 'diagnosis';
export const rolloutName = (kind: 'iteration' | 'diagnosis', iteration: number) =>
  kind === 'diagnosis' ? DIAGNOSIS : iterationName(iteration);

export const rolloutPrefix = (runId: string, rollout: string) => `${runPrefix(runId)}${rollout}/`;
export const planPrefix = (runId: string, rollout: string) => `${rolloutPrefix(runId, rollout)}plan/`;
/** JSON array of shard items: what the scoring Map reads. */
export const planShardsKey = (runId: string, rollout: string) => `${planPrefix(runId, rollout)}shards.json`;
/** JSONL of the prompts of one shard. */
export const planPromptsKey = (runId: string, rollout: string, shard: number) =>
  `${planPrefix(runId, rollout)}prompts-${pad(shard, 5)}.jsonl`;
/**
 * Apart from the run's other records: they are the most bytes by far, and a bucket may keep them for a shorter time.
 */
export const runTrajectoriesPrefix = (runId: string) => `trajectories/${runId}/`;
export const trajectoriesPrefix = (runId: string, rollout: string, shard: number) =>
  `${runTrajectoriesPrefix(runId)}${rollout}/${pad(shard, 5)}/`;
export const scoresPrefix = (runId: string, rollout: string, shard: number) =>
  `${rolloutPrefix(runId, rollout)}scores/${pad(shard, 5)}/`;
/** Scores of shards under way, by a hash of the rewards; outside every manifest, gone when the shard is done. */
export const scoreJournalsPrefix = (prefix: string) => `${prefix}journal/`;
export const scoreJournalPrefix = (prefix: string, rewardsHash: string) =>
  `${scoreJournalsPrefix(prefix)}${rewardsHash}/`;
export const scoreJournalKey = (prefix: string, rewardsHash: string, part: number) =>
  `${scoreJournalPrefix(prefix, rewardsHash)}${pad(part, 6)}.jsonl`;
/** What `rise rescore` writes, by a hash of the rewards: beside the run's own scores, never over them. */
export const rescoringsPrefix = (runId: string) => `${runPrefix(runId)}rescored/`;
export const rescoringPrefix = (runId: string, rewardsHash: string) => `${rescoringsPrefix(runId)}${rewardsHash}/`;
export const rescoredPrefix = (runId: string, rewardsHash: string, rollout: string, shard: number) =>
  `${rescoringPrefix(runId, rewardsHash)}${rollout}/${pad(shard, 5)}/`;
/** The policy after iteration `iteration`. */
export const checkpointPrefix = (runId: string, iteration: number) =>
  `${rolloutPrefix(runId, iterationName(iteration))}checkpoint/`;
/** Folder of the policy that was trained for that many iterations; after none it is the base model's. */
export const policyPrefix = (runId: string, iterations: number, baseModel: string) =>
  iterations === 0 ? baseModel : checkpointPrefix(runId, iterations - 1);

export const routesPrefix = (runId: string, shard: number) => `${runPrefix(runId)}routes/${pad(shard, 5)}/`;
export const expertPrefix = (runId: string, shard: number) => `${runPrefix(runId)}expert/${pad(shard, 5)}/`;
/** What an expert on our own engine said to a shard's prompts, before it is verified. */
export const expertSamplesPrefix = (runId: string, shard: number) =>
  `${runPrefix(runId)}expert-samples/${pad(shard, 5)}/`;
/** Prompts of a shard's consultation that are without an answer which may teach. */
export const deadLettersKey = (prefix: string) => `${prefix}dead-letters.jsonl`;
export const sftShardsPrefix = (runId: string) => `${runPrefix(runId)}sft-shards/`;
export const sftShardName = (index: number, count: number) => `sft-${pad(index, 5)}-of-${pad(count, 5)}.tar`;
/** JSONL of decisions, a line per prompt of a shard of the diagnosis. */
export const decisionsKey = (runId: string, shard: number) =>
  `${sftShardsPrefix(runId)}decisions-${pad(shard, 5)}.jsonl`;
export const sftIndexKey = (runId: string) => `${sftShardsPrefix(runId)}index.jsonl`;
/** Examples beyond the share of their source. */
export const sftLeftOutKey = (runId: string) => `${sftShardsPrefix(runId)}left-out.jsonl`;
export const sftCheckpointPrefix = (runId: string) => `${runPrefix(runId)}sft/checkpoint/`;
/**
 * What training goes on from, and no longer needs once it has: as large as the checkpoints, and apart from the run's other
 * records, since a bucket tells by the beginning of a key how long what was deleted is kept.
 */
export const trainingPrefix = (runId: string) => `training/${runId}/`;
/** The optimizer's state after an iteration; gone when the next one is done. */
export const trainingStatePrefix = (runId: string, iteration: number) =>
  `${trainingPrefix(runId)}${iterationName(iteration)}/state/`;
/** Checkpoints in the middle of a training job, each with its manifest; gone when the job is done. */
export const rlResumePrefix = (runId: string, iteration: number) =>
  `${trainingPrefix(runId)}${iterationName(iteration)}/resume/`;
export const sftResumePrefix = (runId: string) => `${trainingPrefix(runId)}sft/resume/`;
/** The checkpoint of a resume folder after that many optimizer steps of the job. */
export const resumeStepPrefix = (resumePrefix: string, steps: number) => `${resumePrefix}step-${pad(steps, 8)}/`;
/** Finished batches of a sampling job, outside every manifest; gone when the job is done. */
export const partsPrefix = (prefix: string) => `${prefix}parts/`;
export const partKey = (prefix: string, batch: number) => `${partsPrefix(prefix)}${pad(batch, 6)}.jsonl`;
export const evaluationPrefix = (runId: string, policy: string) => `${runPrefix(runId)}evaluation/${policy}/`;
/** Folder of one policy's work on one benchmark. */
export const benchmarkPrefix = (runId: string, policy: string, benchmark: string) =>
  `${evaluationPrefix(runId, policy)}${benchmark}/`;
export const reportPrefix = (runId: string) => `${runPrefix(runId)}report/`;
/** What the run has cost, for people: beside the report, outside its manifest. */
export const costKey = (runId: string) => `${reportPrefix(runId)}cost.md`;
export const summaryKey = (runId: string) => `${runPrefix(runId)}summary.json`;
/** Records of when the run was first started and of its last failure: for people, outside every manifest. */
export const startedKey = (runId: string) => `${runPrefix(runId)}started.json`;
export const failureKey = (runId: string) => `${runPrefix(runId)}failure.json`;
/** What the run may take, and what came of the last look at it: they change while it goes on, and are no part of it. */
export const budgetKey = (runId: string) => `${runPrefix(runId)}budget.json`;
export const budgetCheckKey = (runId: string) => `${runPrefix(runId)}budget-check.json`;
/** How a run goes now: for people. */
export const liveKey = (runId: string) => `${runPrefix(runId)}live.json`;
/** Which trackers the run is told to, and what each has been told: for people too. */
export const trackersKey = (runId: string) => `${runPrefix(runId)}trackers.json`;
export const trackedKey = (runId: string, tracker: string, optionsHash: string) =>
  `${runPrefix(runId)}tracked/${tracker}-${optionsHash}.json`;
/** Event files, which TensorBoard finds below the folder of all runs. */
export const tensorboardPrefix = (runId: string) => `${runPrefix(runId)}tensorboard/`;
/** What each attempt of a job has taken; as the metrics, outside every manifest. */
export const attemptsPrefix = (runId: string) => `${runPrefix(runId)}attempts/`;
export const attemptKey = (runId: string, job: string, index: number, startedAt: number) =>
  `${attemptsPrefix(runId)}${job}-${pad(index, 5)}-${startedAt}.json`;
/** Timings and training curves: for people, outside every manifest. */
export const metricsKey = (prefix: string) => `${prefix}metrics.jsonl`;
export const manifestKey = (prefix: string) => `${prefix}manifest.json`;
/** File of records inside a stage's folder. */
export const recordsKey = (prefix: string) => `${prefix}records.jsonl`;
