// Shape suffixes: B = sequences or slots, T = tokens, M = B x T rows, K = key-value heads, G = query heads per key-value head,
// C = head size, X = K x G x C, Y = K x C, R = rows of a table, S = tokens a slot has room for.
import * as tf from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';

/** Added to the attention score of what a query must not see. */
const HIDDEN = -1e9;

/** Queries, keys and values of tokens: a row holds its heads one after another, query heads that share keys together. */
export interface Heads {
  queries_MX: tf.Tensor2D;
  keys_MY: tf.Tensor2D;
  values_MY: tf.Tensor2D;
}

/** Grouped-query attention of B sequences of equal length in which each token sees itself and what came before. */
export function causalAttention(heads: Heads, sequences: number, headCount: number): tf.Tensor2D {
  const { queries_MX, keys_MY, values_MY } = heads;
  return runFused({
    name: 'CausalAttention',
    inputs: [queries_MX, keys_MY, values_MY],
    attributes: { sequences: { int: sequences }, heads: { int: headCount } },
    reference: () => {
      const [B, K, C] = [sequences, headCount, keys_MY.shape[1] / headCount];
      const T = keys_MY.shape[0] / B;
      const toHeads = (x: tf.Tensor2D) => tf.transpose(tf.reshape(x, [B, T, K, -1, C]), [0, 2, 3, 1, 4]);
      const ofKeys = (x: tf.Tensor2D) => tf.reshape(toHeads(x), [B, K, T, C]);
      return attend(toHeads(queries_MX), ofKeys(keys_MY), ofKeys(values_MY), causalMask(T));
    },
  }) as tf.Tensor2D;
}

/** Where each of the first slots of a key-value cache keeps what its new token sees. */
export interface SlotTables {
  /** Rows (slot, head, token), of C numbers each. */
  keys_RC: tf.Tensor2D;
  values_RC: tf.Tensor2D;
  /** Tokens that each slot has room for. */
  room: number;
  /** Tokens that each slot holds, the new one included. */
  lengths_B: tf.Tensor1D;
}

/** Grouped-query attention of one new token per slot; has no gradient. */
export function slotAttention(queries_BX: tf.Tensor2D, tables: SlotTables, headCount: number): tf.Tensor2D {
  const { keys_RC, values_RC, room, lengths_B } = tables;
  return runFused({
    name: 'SlotAttention',
    inputs: [queries_BX],
    constants: [keys_RC, values_RC, lengths_B],
    attributes: { heads: { int: headCount }, room: { int: room } },
    reference: () => {
      const [B, K, C] = [queries_BX.shape[0], headCount, keys_RC.shape[1]];
      const ofSlots = (table: tf.Tensor2D) => tf.reshape(tf.slice(table, [0, 0], [B * K * room, C]), [B, K, room, C]);
      const isHidden_BS = tf.greaterEqual(tf.range(0, room, 1, 'int32'), tf.reshape(lengths_B, [-1, 1]));
      const mask = tf.reshape(tf.mul(tf.cast(isHidden_BS, 'float32'), HIDDEN), [-1, 1, 1, 1, room]);
      return attend(tf.reshape(queries_BX, [B, K, -1, 1, C]), ofSlots(keys_RC), ofSlots(values_RC), mask);
    },
  }) as tf.Tensor2D;
}

/**
 * The query heads of a group sit beside each other as extra rows against their shared keys.
 *
 * @param mask added to the scores; broadcasts to `[B, K, G, T, S]`
 */
function attend(q_BKGTC: tf.Tensor, k_BKSC: tf.Tensor, v_BKSC: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const [B, K, G, T, C] = q_BKGTC.shape as [number, number, number, number, number];
  const S = k_BKSC.shape[2] as number;
  const q_rows = tf.reshape(tf.mul(q_BKGTC, 1 / Math.sqrt(C)), [B, K, G * T, C]);
  const scores_BKGTS = tf.add(tf.reshape(tf.matMul(q_rows, k_BKSC, false, true), [B, K, G, T, S]), mask);
  const mixed = tf.matMul(tf.reshape(tf.softmax(scores_BKGTS), [B, K, G * T, S]), v_BKSC);
  return tf.reshape(tf.transpose(tf.reshape(mixed, [B, K, G, T, C]), [0, 3, 1, 2, 4]), [B * T, K * G * C]);
}

/** `[T, T]`: 0 on and below the diagonal. Padding stands on the right, so no real token sees it. */
function causalMask(length: number): tf.Tensor {
  const mask = new Float32Array(length * length);
  for (let query = 0; query < length; query++) mask.fill(HIDDEN, query * length + query + 1, (query + 1) * length);
  return tf.tensor(mask, [length, length]);
}
