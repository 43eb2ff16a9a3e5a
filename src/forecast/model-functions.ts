import type { RunConfig } from '../schema/config/run-config.ts';
import { DIAGNOSIS } from '../schema/keys.ts';
import { FUNCTION_MEMORY_MIB } from '../schema/stage.ts';
import type { DiagnosedRun, ExecutionInput, PlanInput, ShardItem } from '../schema/stage-inputs.ts';
import { type FunctionName, isWork, STAGES, type StageInput, stageOf, workOf } from '../schema/stages.ts';
import * as model from './assumptions.ts';
import type { StoredKind } from './storage.ts';
import { sizeOf } from './workload.ts';

/** What one call of a Lambda stage takes. */
export interface FunctionUse {
  seconds: number;
  memoryMiB: number;
  s3Reads: number;
  s3Writes: number;
  stored: Stored;
}

/** Bytes that a call leaves in the bucket, by kind. */
type Stored = Partial<Record<StoredKind, number>>;

interface Work {
  /** Bytes of JSON, fetched and parsed. */
  bytes: number;
  /** Bytes that are only moved. */
  movedBytes?: number;
  /** Most bytes of JSON in memory together. */
  heldBytes: number;
  s3Reads: number;
  s3Writes: number;
  /** S3 requests under way together. */
  concurrency?: number;
  /** Of one processor, besides parsing. */
  cpuSeconds?: number;
  stored?: Stored;
}

const PROCESSORS = FUNCTION_MEMORY_MIB / 1769;
const IMAGE_REQUESTS = 3;
const VALIDATION_CONCURRENCY = 16;
/** Manifests, and other small records that a stage reads one of for each shard. */
const MANIFEST_CONCURRENCY = 32;
/** Connections of the AWS SDK. */
const PACKING_CONCURRENCY = 50;

/** A call of a stage in a run. */
interface Call<I> {
  input: I;
  config: RunConfig;
  assumptions: model.Assumptions;
}

/** What each stage does with its input, besides reading the manifests of what it is made from. */
const WORK: { readonly [N in FunctionName]: (call: Call<StageInput<N>>) => Work } = {
  validate: validation,
  plan: planning,
  score: scoring,
  route: routing,
  'consult-expert': consultation,
  publish: publication,
  report: reporting,
  // Without a budget.
  'check-budget': () => ({ bytes: 0, heldBytes: 0, s3Reads: 1, s3Writes: 0 }),
  'record-failure': () => ({ bytes: 0, heldBytes: 0, s3Reads: 0, s3Writes: 1 }),
};

/** Models a call of the function, by its name and its event. */
export function modelFunction<N extends FunctionName>(
  name: N,
  event: unknown,
  config: RunConfig,
  assumptions: model.Assumptions,
): FunctionUse {
  const input = stageOf(name).input.parse(event) as StageInput<N>;
  const work = WORK[name]({ input, config, assumptions });
  const { bytes, movedBytes = 0, heldBytes, s3Writes, concurrency = 1, cpuSeconds = 0, stored = {} } = work;
  const manifests = isWork(name) ? workOf(name).madeFrom(input, config, 0).length : 0;
  const s3Reads = work.s3Reads + manifests;
  const waiting =
    ((work.s3Reads + s3Writes) / concurrency + manifests / MANIFEST_CONCURRENCY) * model.S3_REQUEST_SECONDS;
  const moving = (bytes + movedBytes) / model.FUNCTION_BYTES_PER_SECOND + bytes / model.PARSE_BYTES_PER_SECOND;
  return {
    seconds: model.FUNCTION_START_SECONDS + Math.max(waiting, cpuSeconds / PROCESSORS) + moving,
    memoryMiB: model.FUNCTION_BASE_MIB + (model.HELD_PER_BYTE * heldBytes) / 2 ** 20,
    s3Reads,
    s3Writes,
    stored,
  };
}

/** The base model came with the run: it is counted from then on. */
function validation({ assumptions }: Call<ExecutionInput>): Work {
  const { trainPrompts, evaluationPrompts, modelBytes } = assumptions;
  const prompts = trainPrompts + evaluationPrompts;
  return {
    bytes: prompts * model.PROMPT_BYTES,
    heldBytes: prompts * model.PROMPT_BYTES,
    s3Reads: prompts * (IMAGE_REQUESTS - 1),
    s3Writes: prompts,
    concurrency: VALIDATION_CONCURRENCY,
    cpuSeconds: prompts * model.IMAGE_SECONDS,
    stored: { 'base model': modelBytes, 'prompts and shards': prompts * (model.PROMPT_BYTES + model.IMAGE_BYTES) },
  };
}

function planning({ input: { rollout }, config, assumptions }: Call<PlanInput>): Work {
  const bytes = assumptions.trainPrompts * model.PROMPT_BYTES;
  return { bytes, heldBytes: bytes, s3Reads: 3, s3Writes: sizeOf(rollout, config, assumptions).shards + 2 };
}

/** Trajectories of one shard; the most bytes of them if every completion ran to its limit. */
function shardOf(rollout: string, config: RunConfig, assumptions: model.Assumptions) {
  const size = sizeOf(rollout, config, assumptions);
  const trajectories = Math.ceil(size.prompts / size.shards) * (size.trajectories / size.prompts);
  return {
    trajectories,
    prompts: Math.ceil(size.prompts / size.shards),
    bytes: trajectories * assumptions.tokensPerTrajectory * model.BYTES_PER_TOKEN,
    mostBytes: trajectories * config.sampling.maxNewTokens * model.BYTES_PER_TOKEN,
  };
}

function scoring({ input: { rollout }, config, assumptions }: Call<ShardItem>): Work {
  const { trajectories, bytes, mostBytes } = shardOf(rollout, config, assumptions);
  return {
    bytes,
    heldBytes: mostBytes,
    s3Reads: 4,
    s3Writes: 2,
    cpuSeconds: (trajectories / model.SCORED_PER_SECOND) * PROCESSORS,
    stored: { scores: trajectories * model.SCORE_BYTES },
  };
}

function routing({ input: { rollout }, config, assumptions }: Call<ShardItem>): Work {
  const bytes = shardOf(rollout, config, assumptions).trajectories * model.SCORE_BYTES;
  return { bytes, heldBytes: bytes, s3Reads: 4, s3Writes: 2 };
}

/** A consultation: where calls are bounded, a shard reads the routes of those before it. */
function consultation({ input: { rollout, shardCount }, config, assumptions }: Call<ShardItem>): Work {
  const bytes = shardOf(rollout, config, assumptions).prompts * model.PROMPT_BYTES;
  const earlierShards = config.expert.maxConsultations === undefined ? 0 : shardCount - 1;
  return { bytes, heldBytes: bytes, s3Reads: 4 + earlierShards, s3Writes: 2 };
}

/** Reads every trajectory of the diagnosis, keeps the texts that SFT learns, and packs them with their images. */
function publication({ config, assumptions }: Call<DiagnosedRun>): Work {
  const { prompts, shards } = sizeOf(DIAGNOSIS, config, assumptions);
  const shard = shardOf(DIAGNOSIS, config, assumptions);
  const examples = countExamples(config, assumptions);
  const textBytes = examples * assumptions.tokensPerTrajectory * model.TEXT_BYTES_PER_TOKEN;
  const logBytes =
    prompts * (model.DECISION_BYTES + config.diagnosis.trajectoriesPerPrompt * model.TRAJECTORY_DECISION_BYTES);
  const packedBytes = config.sft.examplesPerShard * model.IMAGE_BYTES;
  return {
    bytes: shard.bytes * shards + prompts * model.PROMPT_BYTES,
    // In, and out again.
    movedBytes: 2 * examples * model.IMAGE_BYTES,
    heldBytes: shard.bytes + (textBytes + packedBytes + logBytes / shards) / model.HELD_PER_BYTE,
    s3Reads: shards * 6 + examples,
    s3Writes: Math.ceil(examples / config.sft.examplesPerShard) + shards + 2,
    concurrency: PACKING_CONCURRENCY,
    stored: { 'prompts and shards': textBytes + examples * model.IMAGE_BYTES + logBytes },
  };
}

/** Reads every route, and the manifest of every score for what judges took. */
function reporting({ input, config, assumptions }: Call<DiagnosedRun>): Work {
  const bytes = sizeOf(DIAGNOSIS, config, assumptions).prompts * model.ROUTE_BYTES;
  const s3Reads = STAGES.report.madeFrom(input, config, 0).length;
  return { bytes, heldBytes: bytes, s3Reads, s3Writes: 4, concurrency: MANIFEST_CONCURRENCY };
}

/** What SFT learns from. */
export function countExamples(config: RunConfig, assumptions: model.Assumptions): number {
  const { prompts } = sizeOf(DIAGNOSIS, config, assumptions);
  const perPrompt = model.SELF_DISTILL_SHARE * config.diagnosis.maxKeptPerPrompt + model.EXPERT_SHARE;
  return Math.ceil(prompts * perPrompt);
}
