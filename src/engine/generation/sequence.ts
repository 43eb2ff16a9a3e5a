import { createRandom, type Random } from '../../base/random.ts';
import { DivergedError } from '../../schema/errors.ts';
import type { GenerationRequest } from './request-queue.ts';
import { findLikeliest, type LikelyToken, type SamplingSettings, sampleToken } from './sample-token.ts';

export interface GenerationSettings extends SamplingSettings {
  maxNewTokens: number;
  /** Any of these ends a completion; it is kept as the completion's last token. */
  stopTokenIds: readonly number[];
  /** How many of the likeliest tokens to note beside each that is drawn; none by default. */
  likeliestCount?: number;
}

/** A completion to sample, in its own way. */
export interface SequenceRequest extends GenerationRequest {
  settings: GenerationSettings;
}

export interface Completion {
  tokenIds: number[];
  /** Natural log-probability of each token under the model at temperature 1 over the whole vocabulary. */
  logprobs: number[];
  /** The likeliest tokens in the place of each, from the likeliest on, where they are asked for. */
  likeliest?: LikelyToken[][];
  finishReason: 'stop' | 'length';
}

/** A completion on its way, with its own random stream. */
export class Sequence {
  readonly completion: Completion = { tokenIds: [], logprobs: [], finishReason: 'length' };
  isRunning = true;
  readonly settings: GenerationSettings;
  readonly #promptLength: number;
  readonly #firstPosition: number;
  readonly #random: Random;
  readonly #seen: Set<number>;

  /** @param firstPosition of the first new token */
  constructor({ prompt, seed, settings }: SequenceRequest, firstPosition: number) {
    this.#promptLength = prompt.tokenIds.length;
    this.#firstPosition = firstPosition;
    this.#random = createRandom(seed);
    this.#seen = new Set(prompt.tokenIds);
    this.settings = settings;
  }

  get lastTokenId(): number {
    return this.completion.tokenIds[this.completion.tokenIds.length - 1];
  }

  /** Tokens before the last one: those that the cache holds. */
  get cachedLength(): number {
    return this.#promptLength + this.completion.tokenIds.length - 1;
  }

  /** Position of the last token. */
  get position(): number {
    return this.#firstPosition + this.completion.tokenIds.length - 1;
  }

  /** The number in [0, 1) that the next token is drawn with. */
  drawUniform(): number {
    return this.#random.next();
  }

  /** Draws the next token here, where the settings ask for what graphs do not do. */
  takeFrom(logits: Float32Array): void {
    const { tokenId, logprob } = sampleToken(logits, this.settings, this.#random, this.#seen);
    this.#seen.add(tokenId);
    const { likeliestCount = 0 } = this.settings;
    if (likeliestCount > 0) {
      this.completion.likeliest ??= [];
      this.completion.likeliest.push(findLikeliest(logits, likeliestCount));
    }
    this.take(tokenId, logprob);
  }

  /** @throws DivergedError a token of no probability: the model computes with NaN or infinity */
  take(tokenId: number, logprob: number): void {
    const { tokenIds, logprobs } = this.completion;
    if (!Number.isFinite(logprob)) {
      throw new DivergedError(
        `token ${tokenIds.length} of a completion has log-probability ${logprob}: the model computes with numbers that ` +
          'are not finite; look for NaN or infinity in its weights, and for an image_std of 0',
      );
    }
    tokenIds.push(tokenId);
    logprobs.push(logprob);
    if (this.settings.stopTokenIds.includes(tokenId)) {
      this.completion.finishReason = 'stop';
      this.isRunning = false;
    } else if (tokenIds.length >= this.settings.maxNewTokens) {
      this.isRunning = false;
    }
  }
}
