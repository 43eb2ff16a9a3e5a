import { DeploymentConfig } from '../schema/deployment-config.ts';
import type { JobQueue } from '../schema/stage.ts';
import { findInstanceType } from '../sizing/instance-types.ts';
import { type RentedInstance, rentedBy, rentUsd } from '../sizing/rented-instance.ts';
import type { PolicyBytes } from './policy-bytes.ts';

/** What a simulation takes for granted. Rates of the GPUs are arithmetic until somebody measures theirs. */
export interface Assumptions extends PolicyBytes {
  trainPrompts: number;
  evaluationPrompts: number;
  /** Of those, the ones that RL policies are measured by while the run goes on; all when absent. */
  measuringPrompts?: number;
  /** Mean length of a completion. */
  tokensPerTrajectory: number;
  /** Image and question. */
  tokensPerPrompt: number;
  /** Sampled by one GPU. */
  rolloutTokensPerSecond: number;
  /** Learned from by one GPU, prompt tokens counted. */
  trainingTokensPerSecond: number;
  /** Jobs at once: `rolloutMaxVcpus` and `trainingMaxVcpus` of the stack over the vCPUs of an instance. */
  rolloutGpus: number;
  trainingGpus: number;
  rolloutHourUsd: number;
  trainingHourUsd: number;
  /** What the hours are of. */
  instances: Record<JobQueue, RentedInstance>;
}

/** What a stack is where nobody chose otherwise. */
const STACK = DeploymentConfig.parse({});

const INSTANCES = {
  rollout: rentedBy(STACK.rolloutInstanceTypes, STACK.rolloutSpot),
  training: rentedBy(STACK.trainingInstanceTypes, STACK.trainingSpot),
};
const jobsAtOnce = ({ type }: RentedInstance, vcpus: number) => Math.floor(vcpus / findInstanceType(type)!.vcpus);

/** For a model that is not known: a guess at a 7B one. What is rented is what the stack rents. */
export const DEFAULT_ASSUMPTIONS = {
  tokensPerPrompt: 1000,
  rolloutTokensPerSecond: 1000,
  trainingTokensPerSecond: 3000,
  rolloutGpus: jobsAtOnce(INSTANCES.rollout, STACK.rolloutMaxVcpus),
  trainingGpus: jobsAtOnce(INSTANCES.training, STACK.trainingMaxVcpus),
  rolloutHourUsd: rentUsd(INSTANCES.rollout)!,
  trainingHourUsd: rentUsd(INSTANCES.training)!,
  instances: INSTANCES,
};
export const DEFAULT_MODEL_BYTES = 16.6e9;

/** The average length of completions as a share of their limit: few run to it. */
export const COMPLETION_SHARE = 0.25;

/** The share of a diagnosis: the paper's routes are not published; rise-tiny's are 30 % and 25 %. */
export const SELF_DISTILL_SHARE = 0.4;
export const EXPERT_SHARE = 0.3;

/** Of a request to an expert or a judge: what it is told to do; a prompt's annotated facts, and the verdict on each. */
export const INSTRUCTION_TOKENS = 250;
export const FACTS_PER_PROMPT = 8;
export const FACT_TOKENS = 20;
export const VERDICT_TOKENS = 8;

/** JSON of a token: its id, its log-probability to all digits, its text. */
export const BYTES_PER_TOKEN = 32;
export const PROMPT_BYTES = 2000;
export const SCORE_BYTES = 600;
export const ROUTE_BYTES = 150;
/** A line of the decision log: of a prompt, and for each of its trajectories. */
export const DECISION_BYTES = 500;
export const TRAJECTORY_DECISION_BYTES = 100;
export const IMAGE_BYTES = 150_000;
/** UTF-8 of a token. */
export const TEXT_BYTES_PER_TOKEN = 4;

/** A container and its engine, before it reads a model. */
export const JOB_START_SECONDS = 60;
/** Connections that large objects come and go by (src/store, src/engine/weights), and the bytes a second that S3 says one carries. */
export const S3_CONNECTIONS = 8;
export const CONNECTION_BYTES_PER_SECOND = 85e6;
/** Speed to and from S3, on an instance and in a Lambda function. */
export const JOB_BYTES_PER_SECOND = S3_CONNECTIONS * CONNECTION_BYTES_PER_SECOND;
export const FUNCTION_BYTES_PER_SECOND = 70e6;
/** A request of a download of weights, and a part of an upload. */
export const WEIGHT_RANGE_BYTES = 32 * 2 ** 20;
export const PART_BYTES = 8 * 2 ** 20;

export const FUNCTION_START_SECONDS = 2;
export const S3_REQUEST_SECONDS = 0.03;
/** JSON of trajectories read and held to its schema: 136 MB/s measured on a Xeon at 2.1 GHz. */
export const PARSE_BYTES_PER_SECOND = 100e6;
/** A megapixel JPEG in WebAssembly, of one processor. */
export const IMAGE_SECONDS = 0.03;
export const SCORED_PER_SECOND = 5000;
/** Memory of Node and the code; each byte of JSON takes about five while it is read. */
export const FUNCTION_BASE_MIB = 150;
export const HELD_PER_BYTE = 5;

/** Days that a deleted object of what training goes on from stays, and that any other does. */
export const SUPERSEDED_TRAINING_DAYS = 1;
export const SUPERSEDED_DAYS = STACK.supersededRetentionDays;

/** With a bucket key; AWS's own trial of one (aws-samples/s3-bucketkey-poc) saw 97 % fewer requests than one for each of S3. */
export const KMS_SHARE_OF_S3 = 0.03;
/** Lines of a call (Lambda's own and the stage's), of an event of an execution, and of progress in a second of a job. */
export const LOG_BYTES_PER_CALL = 2000;
export const LOG_BYTES_PER_EVENT = 1000;
export const LOG_BYTES_PER_JOB_SECOND = 40;
export const LOG_DAYS = STACK.logRetentionDays;
export const VOLUME_GIB = STACK.volumeGiB;
