// Shape suffixes: P = prompts, R = sequences that begin, B = sequences that go on, K = key-value heads, T = prompt tokens
// (padded), S = tokens a slot has room for, C = head size.
import * as tf from '@tensorflow/tfjs-core';
import type { Executor, RowTable } from '../graph/executor.ts';
import type { Qwen25VLConfig } from '../models/qwen2_5_vl/config.ts';
import type { RememberTokens } from '../models/qwen2_5_vl/decoder.ts';

/**
 * Keys and values of the sequences being decoded, one slot each, where the model runs: a table of rows `(slot, head, token)`
 * for each layer's keys and one for its values, so that attention reads the first slots without a copy. Slots have room for
 * some number of tokens, which grows in few steps; rows past a sequence's tokens hold anything, and the mask hides them.
 */
export interface KeyValueCache {
  /** Tokens that each slot has room for. */
  readonly room: number;
  /** Empties the cache and gives it room. */
  reset(room: number): void;
  /** Frees its memory. */
  release(): void;
  /** Slot `i` takes what slot `sources[i]` held, all at once; slots past the sources are lost. */
  move(sources: readonly number[], room: number): void;
  /** Inside a running function: writes prompts into slots, each of R slots the prompt of its number. */
  begin(room: number, promptOf_R: tf.Tensor1D, slots_R: tf.Tensor1D): RememberTokens;
  /** Inside a running function: writes one token into each of the first B slots, after the tokens they have. */
  append(room: number, lengths_B: tf.Tensor1D): RememberTokens;
}

interface LayerTables {
  keys: RowTable;
  values: RowTable;
}

export function createKeyValueCache(executor: Executor, config: Qwen25VLConfig, slotCount: number): KeyValueCache {
  const { layerCount, keyValueHeadCount: K, headSize: C } = config.text;
  const tablesByRoom = new Map<number, LayerTables[]>();
  let current = 0;

  function tablesOf(room: number): LayerTables[] {
    const create = () => executor.createRowTable(slotCount * K * room, C);
    const tables =
      tablesByRoom.get(room) ?? Array.from({ length: layerCount }, () => ({ keys: create(), values: create() }));
    tablesByRoom.set(room, tables);
    return tables;
  }
  const listTables = (room: number) => tablesOf(room).flatMap(({ keys, values }) => [keys, values]);

  const move = executor.define(({ sources_B, from, to }: MoveInputs) => {
    const kept = Math.min(from, to);
    const rows = tableRows(tf.range(0, sources_B.size, 1, 'int32'), K, kept, to);
    const targets = listTables(to);
    for (const [at, table] of listTables(from).entries()) {
      const all = tf.reshape(table.value(), [slotCount, K, from, C]);
      const moved = tf.slice(tf.gather(all, sources_B), [0, 0, 0, 0], [sources_B.size, K, kept, C]);
      targets[at].scatterRows(rows, tf.reshape(moved, [-1, C]));
    }
    return {};
  });

  /** Frees the tables of one room and takes those of another; 0 has none. */
  const swap = executor.define(({ from, to }: { from: number; to: number }) => {
    if (from > 0) for (const table of listTables(from)) table.release();
    if (to > 0) for (const table of listTables(to)) table.allocate();
    return {};
  });

  const cache: KeyValueCache = {
    get room() {
      return current;
    },
    reset(room) {
      swap({ from: current, to: room });
      current = room;
    },
    release() {
      if (current > 0) cache.reset(0);
    },
    move(sources, room) {
      const from = current;
      if (room !== from) swap({ from: 0, to: room });
      const sources_B = tf.tensor1d([...sources], 'int32');
      move({ sources_B, from, to: room });
      sources_B.dispose();
      if (room !== from) swap({ from, to: 0 });
      current = room;
    },
    begin(room, promptOf_R, slots_R) {
      const tables = tablesOf(room);
      return (layer, fresh) => {
        const rows = tableRows(slots_R, K, fresh.keys.shape[2]!, room);
        const pick = (x_PKTC: tf.Tensor) => tf.reshape(tf.gather(x_PKTC, promptOf_R), [-1, C]);
        tables[layer].keys.scatterRows(rows, pick(fresh.keys));
        tables[layer].values.scatterRows(rows, pick(fresh.values));
        return fresh;
      };
    },
    append(room, lengths_B) {
      const B = lengths_B.size;
      const heads_BK = tf.range(0, B * K * room, room, 'int32');
      const rows = tf.reshape(tf.add(tf.reshape(heads_BK, [B, K]), tf.reshape(lengths_B, [B, 1])), [B * K]);
      const tables = tablesOf(room);
      const extend = (table: RowTable, fresh_BK1C: tf.Tensor) => {
        table.scatterRows(rows, tf.reshape(fresh_BK1C, [B * K, C]));
        return tf.reshape(tf.slice(table.value(), [0, 0], [B * K * room, C]), [B, K, room, C]);
      };
      return (layer, { keys, values }) => ({
        keys: extend(tables[layer].keys, keys),
        values: extend(tables[layer].values, values),
      });
    },
  };
  return cache;
}

interface MoveInputs {
  sources_B: tf.Tensor1D;
  from: number;
  to: number;
}

/** Rows of the first tokens of slots: `(slot * K + head) * room + token`, flat in the order slot, head, token. */
function tableRows(slots: tf.Tensor1D, headCount: number, tokenCount: number, room: number): tf.Tensor1D {
  const ofHead = Array.from({ length: headCount * tokenCount }, (_, at) => {
    const head = Math.floor(at / tokenCount);
    return head * room + (at % tokenCount);
  });
  const first = tf.reshape(tf.mul(slots, tf.scalar(headCount * room, 'int32')), [-1, 1]);
  return tf.reshape(tf.add(first, tf.tensor1d(ofHead, 'int32')), [-1]) as tf.Tensor1D;
}
