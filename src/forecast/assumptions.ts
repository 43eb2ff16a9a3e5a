/** What a simulation takes for granted. Rates of the GPUs are arithmetic until somebody measures theirs. */
export interface Assumptions {
  trainPrompts: number;
  evaluationPrompts: number;
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
  modelBytes: number;
}

/** For a model that is not known: a guess at a 7B one on `g6e.4xlarge`, spot for rollouts, the stack's default limits. */
export const DEFAULT_ASSUMPTIONS = {
  tokensPerPrompt: 1000,
  rolloutTokensPerSecond: 1000,
  trainingTokensPerSecond: 3000,
  rolloutGpus: 8,
  trainingGpus: 2,
  rolloutHourUsd: 1.5,
  trainingHourUsd: 3,
  modelBytes: 16.6e9,
} as const;

/** The average length of completions as a share of their limit: few run to it. */
export const COMPLETION_SHARE = 0.25;

/** The share of a diagnosis: the paper's routes are not published; rise-tiny's are 30 % and 25 %. */
export const SELF_DISTILL_SHARE = 0.4;
export const EXPERT_SHARE = 0.3;

/** JSON of a token: its id, its log-probability to all digits, its text. */
export const BYTES_PER_TOKEN = 32;
export const PROMPT_BYTES = 2000;
export const SCORE_BYTES = 600;
export const ROUTE_BYTES = 150;
export const IMAGE_BYTES = 150_000;

/** An instance from nothing to its agent running, its image pulled. */
export const LAUNCH_SECONDS = 300;
/** A container and its engine, before it reads a model. */
export const JOB_START_SECONDS = 60;
/** Speed to and from S3, on an instance and in a Lambda function. */
export const JOB_BYTES_PER_SECOND = 500e6;
export const FUNCTION_BYTES_PER_SECOND = 70e6;

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
