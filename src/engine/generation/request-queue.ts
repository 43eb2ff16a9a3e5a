import type { ProcessedPrompt } from '../processing/processor.ts';

/** One completion to sample. Requests in a row that hold the same prompt object are siblings: they share its prefill. */
export interface GenerationRequest {
  prompt: ProcessedPrompt;
  /** 32 bits; with the prompt and the settings it determines the completion, whatever the batch. */
  seed: number;
}

/** Requests as they come: prompts that wait need not be in memory. */
export type RequestSource = Iterable<GenerationRequest> | AsyncIterable<GenerationRequest>;

/** Requests in their order, siblings together. */
export class RequestQueue {
  readonly #iterator: AsyncIterator<GenerationRequest> | Iterator<GenerationRequest>;
  /** The siblings that are next. */
  #group: GenerationRequest[] = [];
  /** The first request after them. */
  #ahead?: GenerationRequest;
  #isDrained = false;

  constructor(source: RequestSource) {
    this.#iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** Whether every request has been taken. */
  get isEmpty(): boolean {
    return this.#isDrained && this.#group.length === 0;
  }

  /**
   * As many as fit; siblings are only parted where they are more than the largest batch.
   * @param most requests to take
   * @param batchSize the largest batch
   */
  async take(most: number, batchSize: number): Promise<GenerationRequest[]> {
    const taken: GenerationRequest[] = [];
    for (;;) {
      await this.#fillGroup(batchSize);
      if (this.#group.length === 0 || taken.length + this.#group.length > most) return taken;
      taken.push(...this.#group);
      this.#group = [];
    }
  }

  async #fillGroup(batchSize: number): Promise<void> {
    while (!this.#isDrained && this.#group.length < batchSize) {
      this.#ahead ??= await this.#next();
      if (!this.#ahead || (this.#group.length > 0 && this.#group[0].prompt !== this.#ahead.prompt)) return;
      this.#group.push(this.#ahead);
      this.#ahead = undefined;
    }
  }

  async #next(): Promise<GenerationRequest | undefined> {
    const { value, done } = await this.#iterator.next();
    if (done) this.#isDrained = true;
    return done ? undefined : value;
  }
}
