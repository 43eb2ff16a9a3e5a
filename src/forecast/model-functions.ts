import type { RunConfig } from '../schema/config/run-config.ts';
import { DIAGNOSIS } from '../schema/keys.ts';
import { FUNCTION_MEMORY_MIB } from '../schema/stage.ts';
import { ShardItem } from '../schema/stage-inputs.ts';
import * as model from './assumptions.ts';
import { sizeOf } from './workload.ts';

/** What one call of a Lambda stage takes. */
export interface FunctionUse {
  seconds: number;
  memoryMiB: number;
  s3Reads: number;
  s3Writes: number;
}

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
}

const PROCESSORS = FUNCTION_MEMORY_MIB / 1769;
const IMAGE_REQUESTS = 3;
const VALIDATION_CONCURRENCY = 16;
/** Connections of the AWS SDK. */
const PACKING_CONCURRENCY = 50;

/** Models a call of the function, by its name and its event. A stage that is not known here counts as a short one. */
export function modelFunction(
  name: string,
  event: unknown,
  config: RunConfig,
  assumptions: model.Assumptions,
): FunctionUse {
  const works: Record<string, () => Work> = {
    validate: () => validation(assumptions),
    plan: () => planning(event as { rollout: string }, config, assumptions),
    score: () => scoring(ShardItem.parse(event), config, assumptions),
    route: () => routing(ShardItem.parse(event), config, assumptions),
    'consult-expert': () => consultation(ShardItem.parse(event), config, assumptions),
    publish: () => publication(config, assumptions),
  };
  const work = works[name]?.() ?? { bytes: 0, heldBytes: 0, s3Reads: 10, s3Writes: 3 };
  const { bytes, movedBytes = 0, heldBytes, s3Reads, s3Writes, concurrency = 1, cpuSeconds = 0 } = work;
  const waiting = ((s3Reads + s3Writes) * model.S3_REQUEST_SECONDS) / concurrency;
  const moving = (bytes + movedBytes) / model.FUNCTION_BYTES_PER_SECOND + bytes / model.PARSE_BYTES_PER_SECOND;
  return {
    seconds: model.FUNCTION_START_SECONDS + Math.max(waiting, cpuSeconds / PROCESSORS) + moving,
    memoryMiB: model.FUNCTION_BASE_MIB + (model.HELD_PER_BYTE * heldBytes) / 2 ** 20,
    s3Reads,
    s3Writes,
  };
}

function validation({ trainPrompts, evaluationPrompts }: model.Assumptions): Work {
  const prompts = trainPrompts + evaluationPrompts;
  return {
    bytes: prompts * model.PROMPT_BYTES,
    heldBytes: prompts * model.PROMPT_BYTES,
    s3Reads: prompts * (IMAGE_REQUESTS - 1),
    s3Writes: prompts,
    concurrency: VALIDATION_CONCURRENCY,
    cpuSeconds: prompts * model.IMAGE_SECONDS,
  };
}

function planning({ rollout }: { rollout: string }, config: RunConfig, assumptions: model.Assumptions): Work {
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

function scoring({ rollout }: ShardItem, config: RunConfig, assumptions: model.Assumptions): Work {
  const { trajectories, bytes, mostBytes } = shardOf(rollout, config, assumptions);
  return {
    bytes,
    heldBytes: mostBytes,
    s3Reads: 4,
    s3Writes: 2,
    cpuSeconds: (trajectories / model.SCORED_PER_SECOND) * PROCESSORS,
  };
}

function routing({ rollout }: ShardItem, config: RunConfig, assumptions: model.Assumptions): Work {
  const bytes = shardOf(rollout, config, assumptions).trajectories * model.SCORE_BYTES;
  return { bytes, heldBytes: bytes, s3Reads: 4, s3Writes: 2 };
}

/** Where calls are bounded, a shard reads the routes of those before it. */
function consultation({ rollout, shardCount }: ShardItem, config: RunConfig, assumptions: model.Assumptions): Work {
  const bytes = shardOf(rollout, config, assumptions).prompts * model.PROMPT_BYTES;
  const earlierShards = config.expert.maxConsultations === undefined ? 0 : shardCount - 1;
  return { bytes, heldBytes: bytes, s3Reads: 4 + earlierShards, s3Writes: 2 };
}

/** Reads every trajectory of the diagnosis, keeps the texts that SFT learns, and packs them with their images. */
function publication(config: RunConfig, assumptions: model.Assumptions): Work {
  const { prompts, shards } = sizeOf(DIAGNOSIS, config, assumptions);
  const shard = shardOf(DIAGNOSIS, config, assumptions);
  const examples = countExamples(config, assumptions);
  const textBytes = examples * assumptions.tokensPerTrajectory * 4;
  const packedBytes = config.sft.examplesPerShard * model.IMAGE_BYTES;
  return {
    bytes: shard.bytes * shards + prompts * model.PROMPT_BYTES,
    // In, and out again.
    movedBytes: 2 * examples * model.IMAGE_BYTES,
    heldBytes: shard.bytes + (textBytes + packedBytes) / model.HELD_PER_BYTE,
    s3Reads: shards * 5 + examples,
    s3Writes: Math.ceil(examples / config.sft.examplesPerShard) + 2,
    concurrency: PACKING_CONCURRENCY,
  };
}

/** What SFT learns from. */
export function countExamples(config: RunConfig, assumptions: model.Assumptions): number {
  const { prompts } = sizeOf(DIAGNOSIS, config, assumptions);
  const perPrompt = model.SELF_DISTILL_SHARE * config.diagnosis.maxKeptPerPrompt + model.EXPERT_SHARE;
  return Math.ceil(prompts * perPrompt);
}
