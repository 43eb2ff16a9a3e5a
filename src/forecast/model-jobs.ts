import { describeTraining } from '../algorithms/index.ts';
import { slotsOf } from '../schema/config/compute.ts';
import { expertPolicyOf } from '../schema/config/expert-policy.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { measureSft } from '../schema/config/sft.ts';
import { DIAGNOSIS, iterationName } from '../schema/keys.ts';
import type { JobName } from '../schema/stages.ts';
import * as model from './assumptions.ts';
import { countExamples } from './model-functions.ts';
import { countConsulted, sizeOf } from './workload.ts';

/** What one child of a job takes on its instance, and what it leaves. */
export interface JobUse {
  /** From its start. */
  seconds: number;
  /** Of those, spent receiving and saving weights. */
  movingSeconds: number;
  s3Reads: number;
  /** PUT, parts of uploads and LIST. */
  s3Writes: number;
  /** Seconds after its start at which it keeps a checkpoint of weights and moments, to go on from. */
  resumesAt: number[];
  /** Bytes of the optimizer's state, which it leaves for the iteration that follows. */
  momentBytes: number;
  /** Bytes of completions, and of those that are kept until it is done. */
  sampledBytes: number;
  keptBytes: number;
}

/** What a job says of its part in the run. */
export interface JobInput {
  rollout?: string;
}

interface Work {
  readBytes: number;
  /** When it is done. */
  savedBytes: number;
  /** Of those, the optimizer's state. */
  momentBytes?: number;
  /** Of each checkpoint that it keeps in mid-job. */
  resumeBytes?: number;
  /** Between loading and saving. */
  seconds: number;
  /** Small objects. */
  reads: number;
  writes: number;
  resumes?: number;
  sampledBytes?: number;
  keptBytes?: number;
}

interface Call {
  input: JobInput;
  config: RunConfig;
  assumptions: model.Assumptions;
}

/** Models one child of a job. */
export function modelJob(name: JobName, input: JobInput, config: RunConfig, assumptions: model.Assumptions): JobUse {
  const call = { input, config, assumptions };
  const work = {
    rollout: () => rolling(call),
    'train-rl': () => reinforcing(call),
    'train-sft': () => tuning(call),
    'sample-expert': () => consulting(call),
    'evaluate-iteration': () => evaluating(call, assumptions.measuringPrompts ?? assumptions.evaluationPrompts),
    evaluate: () => evaluating(call, assumptions.evaluationPrompts),
  }[name]();
  const { resumes = 0, resumeBytes = 0 } = work;
  const secondsOf = (bytes: number) => bytes / model.JOB_BYTES_PER_SECOND;
  const moving = secondsOf(work.readBytes + work.savedBytes + resumes * resumeBytes);
  const begun = model.JOB_START_SECONDS + secondsOf(work.readBytes);
  const gap = config.compute.checkpointSeconds + secondsOf(resumeBytes);
  const parts = (bytes: number) => Math.ceil(bytes / model.PART_BYTES);
  return {
    seconds: model.JOB_START_SECONDS + work.seconds + moving,
    movingSeconds: moving,
    s3Reads: work.reads + Math.ceil(work.readBytes / model.WEIGHT_RANGE_BYTES),
    s3Writes: work.writes + parts(work.savedBytes) + resumes * parts(resumeBytes),
    resumesAt: Array.from({ length: resumes }, (_, at) => begun + (at + 1) * gap),
    momentBytes: work.momentBytes ?? 0,
    sampledBytes: work.sampledBytes ?? 0,
    keptBytes: work.keptBytes ?? 0,
  };
}

/** A policy that was trained is an adapter beside the base model, or a whole model of its own. */
function policyBytes({ config, assumptions: { modelBytes, checkpointBytes } }: Call, isTrained: boolean): number {
  if (!isTrained) return modelBytes;
  return config.policy.adapter ? modelBytes + checkpointBytes : checkpointBytes;
}

const isFirst = ({ input: { rollout = DIAGNOSIS } }: Call) => rollout === iterationName(0);

function rolling(call: Call): Work {
  const size = sizeOf(call.input.rollout ?? DIAGNOSIS, call.config, call.assumptions);
  const prompts = size.prompts / size.shards;
  return sampling(call, prompts, size.trajectories / size.shards, !isFirst(call) && call.config.rl.iterations > 0);
}

/** An expert on our own engine is taken to be of the policy's size and speed. */
function consulting(call: Call): Work {
  const { shards } = sizeOf(DIAGNOSIS, call.config, call.assumptions);
  const asked = countConsulted(call.config, call.assumptions) / shards;
  return sampling(call, asked, asked * (expertPolicyOf(call.config.expert)?.answers ?? 0), false);
}

function evaluating(call: Call, prompts: number): Work {
  return sampling(call, prompts, prompts, true);
}

/** Each batch but the last is kept, and written once more when the job is done. */
function sampling(call: Call, prompts: number, trajectories: number, isTrained: boolean): Work {
  const { tokensPerTrajectory, rolloutTokensPerSecond } = call.assumptions;
  const tokens = trajectories * tokensPerTrajectory;
  const sampledBytes = tokens * model.BYTES_PER_TOKEN;
  const batches = Math.max(1, Math.ceil(trajectories / (ROUNDS_PER_BATCH * slotsOf(call.config.compute))));
  return {
    readBytes: policyBytes(call, isTrained),
    savedBytes: 0,
    seconds: tokens / rolloutTokensPerSecond,
    reads: prompts + RECORDS,
    writes: batches + RECORDS,
    sampledBytes,
    keptBytes: sampledBytes * (1 - 1 / batches),
  };
}

/** Of all slots, in a batch that is kept. */
const ROUNDS_PER_BATCH = 4;
/** Config, manifests, lists and other small objects of a job. */
const RECORDS = 10;

function reinforcing(call: Call): Work {
  const { config, assumptions } = call;
  const { rl } = config;
  const size = sizeOf(call.input.rollout ?? iterationName(0), config, assumptions);
  const { checkpointBytes, momentBytes } = assumptions;
  const reference = describeTraining(config).hasReference && !config.policy.adapter ? assumptions.modelBytes : 0;
  const isLast = call.input.rollout === iterationName(rl.iterations - 1);
  const momentsLeft = isLast ? 0 : momentBytes.rl;
  return learning(call, {
    sequences: size.trajectories,
    steps: rl.stepsPerIteration,
    readBytes: policyBytes(call, !isFirst(call)) + reference + (isFirst(call) ? 0 : momentBytes.rl),
    savedBytes: checkpointBytes + momentsLeft,
    momentBytes: momentsLeft,
    resumeBytes: checkpointBytes + momentBytes.rl,
    reads: size.prompts + RECORDS_PER_SHARD * size.shards,
  });
}

/** Of its trajectories and its scores a manifest and a file. */
const RECORDS_PER_SHARD = 4;

function tuning(call: Call): Work {
  const { config, assumptions } = call;
  const examples = countExamples(config, assumptions);
  return learning(call, {
    ...measureSft(config.sft, examples),
    readBytes: policyBytes(call, config.rl.iterations > 0),
    savedBytes: assumptions.checkpointBytes,
    resumeBytes: assumptions.checkpointBytes + assumptions.momentBytes.sft,
    reads: Math.ceil(examples / config.sft.examplesPerShard),
  });
}

/** What a training job learns, besides bytes. */
interface Lessons extends Pick<Work, 'readBytes' | 'savedBytes' | 'momentBytes' | 'resumeBytes' | 'reads'> {
  sequences: number;
  /** Of the optimizer. */
  steps: number;
}

function learning({ config, assumptions }: Call, { sequences, steps, reads, ...bytes }: Lessons): Work {
  const { tokensPerPrompt, tokensPerTrajectory, trainingTokensPerSecond } = assumptions;
  const seconds = (sequences * (tokensPerPrompt + tokensPerTrajectory)) / trainingTokensPerSecond;
  // One is due after so many seconds, and is written before the next optimizer step.
  const resumes = Math.max(0, Math.min(Math.floor(seconds / config.compute.checkpointSeconds), steps - 1));
  return { ...bytes, seconds, reads: reads + RECORDS, writes: (resumes + 1) * RECORDS, resumes };
}
