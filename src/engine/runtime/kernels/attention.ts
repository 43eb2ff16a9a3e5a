// Shape suffixes: M = tokens of all sequences, B = blocks of tokens or slots, T = queries and S = keys of one, K = key-value heads,
// G = query heads per key-value head, C = head size, X = K x G x C, Y = K x C, R = rows of a table.
import * as tf from '@tensorflow/tfjs-core';
import { runFused } from './run-fused.ts';

/** Added to the attention score of what a query must not see. */
const HIDDEN = -1e9;

/**
 * Queries, keys and values of tokens: a row holds its heads one after another, query heads that share keys together.
 */
export interface Heads {
  queries_MX: tf.Tensor2D;
  keys_MY: tf.Tensor2D;
  values_MY: tf.Tensor2D;
}

/** Which rows are tokens of one sequence: sequences follow each other, without a gap. */
export interface SequenceRows {
  /** For each row: the one in which its sequence begins. */
  firstRows_M: tf.Tensor1D;
  /** No sequence has more tokens. */
  longest: number;
}

/** Grouped-query attention in which each token sees itself and what came before in its sequence. */
export function causalAttention(heads: Heads, sequences: SequenceRows, headCount: number): tf.Tensor2D {
  const { queries_MX, keys_MY, values_MY } = heads;
  return runFused({
    name: 'CausalAttention',
    inputs: [queries_MX, keys_MY, values_MY],
    constants: [sequences.firstRows_M],
    attributes: { heads: { int: headCount } },
    reference: () => attendInBlocks(heads, sequences, headCount),
  }) as tf.Tensor2D;
}

/** Attention in blocks as long as the longest sequence: what a query sees is in its own block or in the one before. */
function attendInBlocks(heads: Heads, { firstRows_M, longest }: SequenceRows, headCount: number): tf.Tensor {
  const { queries_MX, keys_MY, values_MY } = heads;
  const [M] = queries_MX.shape;
  const [B, T, K, C] = [Math.ceil(M / longest), longest, headCount, keys_MY.shape[1] / headCount];
  const spare = B * T - M;
  const queries_BKGTC = tf.transpose(tf.reshape(padRows(queries_MX, 0, spare), [B, T, K, -1, C]), [0, 2, 3, 1, 4]);
  const withBlockBefore = (x_MY: tf.Tensor2D) => {
    const padded = padRows(x_MY, T, spare);
    const [before, own] = [0, T].map((first) => tf.reshape(tf.slice(padded, first, B * T), [B, T, K, C]));
    return tf.transpose(tf.concat([before, own], 1), [0, 2, 1, 3]);
  };
  const mask = maskBlocks(tf.pad(firstRows_M, [[0, spare]]), B, T);
  return tf.slice(attend(queries_BKGTC, withBlockBefore(keys_MY), withBlockBefore(values_MY), mask), 0, M);
}

const padRows = (x: tf.Tensor2D, before: number, after: number) =>
  tf.pad(x, [
    [before, after],
    [0, 0],
  ]);

/** `[B, 1, 1, T, 2T]`: 0 where a key is of the query's sequence and not after it. */
function maskBlocks(firstRows: tf.Tensor, B: number, T: number): tf.Tensor {
  const numbers = (from: number, to: number, step: number, shape: number[]) =>
    tf.reshape(tf.range(from, to, step, 'int32'), shape);
  const blocks = numbers(0, B * T, T, [B, 1, 1, 1, 1]);
  const queries = tf.add(blocks, numbers(0, T, 1, [T, 1]));
  const keys = tf.add(blocks, numbers(-T, T, 1, [2 * T]));
  const isOfSequence = tf.greaterEqual(keys, tf.reshape(firstRows, queries.shape));
  const isSeen = tf.logicalAnd(isOfSequence, tf.lessEqual(keys, queries));
  return tf.mul(tf.cast(tf.logicalNot(isSeen), 'float32'), HIDDEN);
}

/** Rows in which each of the first slots of a key-value cache keeps what its new token sees. */
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
