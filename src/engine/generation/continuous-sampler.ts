import { setImmediate } from 'node:timers/promises';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import type { Executor } from '../runtime/executor.ts';
import type { Completion, Sequence, SequenceRequest } from './sequence.ts';
import { createSlotDecoder } from './slot-decoder.ts';
import { createSlotRows, type SlotRows } from './slot-rows.ts';

/** Samples completions that are asked for at any time, each in its own way, together with those that run already. */
export interface ContinuousSampler {
  /** Completions decoded together. */
  readonly slotCount: number;
  /**
   * One completion. Those that wait begin in the order of the calls; siblings, which hold the same prompt object, share its
   * prefill where they begin together.
   *
   * @throws the signal's reason, soon after it aborts; what the model failed by, for all that were decoded together
   */
  sample(request: SequenceRequest, watch?: Watch): Promise<Completion>;
  /** Waits until nothing is decoded any more: only then may the model go. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a caller follows its completion. */
export interface Watch {
  signal?: AbortSignal;
  /** Told of the completion after each token; `enough` ends it, as a stop token does. */
  onToken?: (completion: Readonly<Completion>) => 'more' | 'enough';
}

/** A completion that a caller waits for. */
interface Order extends Watch {
  request: SequenceRequest;
  isBegun: boolean;
  /** Once it has its first token. */
  sequence?: Sequence;
  resolve(completion: Completion): void;
  reject(reason: unknown): void;
}

/** @param slotCount sequences decoded together: when one ends, a waiting one takes its place */
export function createContinuousSampler(
  model: VisionLanguageModel,
  executor: Executor,
  slotCount: number,
): ContinuousSampler {
  const decoder = createSlotDecoder(model, executor, slotCount);
  const orders = new Set<Order>();
  let decoding: Promise<void> | undefined;

  async function decodeAll(): Promise<void> {
    while (orders.size > 0) {
      try {
        await decodeTogether(createSlotRows(decoder, slotCount));
      } catch (error) {
        const begun = [...orders].filter(({ isBegun }) => isBegun);
        for (const order of begun) order.reject(error);
        for (const order of begun) orders.delete(order);
      } finally {
        decoder.release();
      }
    }
    decoding = undefined;
  }

  async function decodeTogether(rows: SlotRows): Promise<void> {
    for (;;) {
      // Others of this process have their turn between steps: requests come, and are given up.
      await setImmediate();
      for (const order of orders) if (isGivenUp(order)) orders.delete(order);
      rows.dropFinished();
      const waiting = [...orders].filter(({ isBegun }) => !isBegun);
      const next = waiting.slice(0, slotCount - rows.running);
      if (next.length > 0) begin(rows, next);
      else if (rows.running > 0) rows.step();
      else return;
      const advanced = next.length > 0 ? next : [...orders].filter(({ isBegun }) => isBegun);
      for (const order of advanced) if (isAnswered(order)) orders.delete(order);
      rows.dropFinished();
      if (next.length === waiting.length) rows.shrink();
    }
  }

  return {
    slotCount,
    sample: (request, watch) =>
      new Promise((resolve, reject) => {
        orders.add({ request, ...watch, isBegun: false, resolve, reject });
        decoding ??= decodeAll();
      }),
    async [Symbol.asyncDispose]() {
      await decoding;
    },
  };
}

function begin(rows: SlotRows, orders: readonly Order[]): void {
  for (const order of orders) order.isBegun = true;
  const sequences = rows.begin(orders.map(({ request }) => request));
  for (const [at, order] of orders.entries()) order.sequence = sequences[at];
}

/** Whether nobody waits for it any more; its sequence ends. */
function isGivenUp({ signal, sequence, reject }: Order): boolean {
  if (!signal?.aborted) return false;
  if (sequence) sequence.isRunning = false;
  reject(signal.reason);
  return true;
}

/** Tells of a new token. Whether the completion has come to its end with it. */
function isAnswered({ sequence, onToken, resolve, reject }: Order): boolean {
  const { completion } = sequence!;
  try {
    if (onToken?.(completion) === 'enough') {
      completion.finishReason = 'stop';
      sequence!.isRunning = false;
    }
  } catch (error) {
    sequence!.isRunning = false;
    reject(error);
  }
  if (!sequence!.isRunning) resolve(completion);
  return !sequence!.isRunning;
}
