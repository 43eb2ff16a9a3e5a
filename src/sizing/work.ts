import type { AdapterSize } from './adapter.ts';

/** What products are computed in. */
export type Precision = 'float32' | 'bf16';

/** Ops of our own run on a CPU; a GPU computes by TensorFlow's, which hold more. */
export type Device = 'cpu' | 'gpu';

/** The largest prompt of a run, in tokens. */
export interface PromptSize {
  textTokens: number;
  images: number;
  /** Of the largest image, in the decoder. */
  tokensPerImage: number;
}

export const promptTokens = ({ textTokens, images, tokensPerImage }: PromptSize) =>
  textTokens + images * tokensPerImage;

/** What a job has in hand at once. */
interface Held {
  precision: Precision;
  /** Bytes of a weight in the files that the job reads. */
  storedBytes: 2 | 4;
  prompt: PromptSize;
  /** Decoded together, or of one pass of training. */
  sequences: number;
  /** The most that one may have. */
  completionTokens: number;
}

/** A rollout or an evaluation. */
export interface RolloutWork extends Held {
  kind: 'rollout';
  /** Completions of one prompt, which share its prefill. */
  groupSize: number;
}

/** An RL iteration or SFT. */
export interface TrainingWork extends Held {
  kind: 'training';
  /** Absent where all weights are trained. */
  adapter?: AdapterSize;
  isVisionFrozen: boolean;
  /** Numbers that the optimizer keeps of each weight. */
  stateNumbers: number;
  /** Whether a frozen base policy is asked too: of an adapter's, its own weights are; else a copy. */
  hasReference: boolean;
}

export type Work = RolloutWork | TrainingWork;
