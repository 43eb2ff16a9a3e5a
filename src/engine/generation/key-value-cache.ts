// Shape suffixes: R = sequences that begin, B = sequences that go on, M = tokens, K = key-value heads, C = head size, Y = K x C.
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../models/model-config.ts';
import type { Attend } from '../models/vision-language-model.ts';
import type { Executor, RowTable } from '../runtime/executor.ts';
import { type Heads, slotAttention } from '../runtime/kernels/attention.ts';

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
  /** Inside a running function: writes into each of R slots the tokens from a first row on, as many as the longest prompt has. */
  begin(
    room: number,
    longest: number,
    firstRows_R: tf.Tensor1D,
    slots_R: tf.Tensor1D,
  ): (layer: number, heads: Heads) => void;
  /** Inside a running function: writes one token into each of the first B slots, after those they have, and attends to all. */
  append(room: number, lengths_B: tf.Tensor1D): Attend;
}

interface LayerTables {
  keys: RowTable;
  values: RowTable;
}

export function createKeyValueCache(executor: Executor, config: ModelConfig, slotCount: number): KeyValueCache {
  const { layerCount, keyValueHeadCount: K, headSize: C } = config.text;
  const sizes = { K, C, slotCount };
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
    moveRows({ tables: listTables(from), room: from }, { tables: listTables(to), room: to }, sources_B, sizes);
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
    begin: (room, longest, firstRows_R, slots_R) =>
      writePrompts({ tables: tablesOf(room), room }, longest, firstRows_R, slots_R, sizes),
    append: (room, lengths_B) => appendTokens({ tables: tablesOf(room), room }, lengths_B, sizes),
  };
  return cache;
}

interface MoveInputs {
  sources_B: tf.Tensor1D;
  from: number;
  to: number;
}

interface Sizes {
  K: number;
  C: number;
  slotCount: number;
}

/** Tables, and the tokens that each of their slots has room for. */
interface Roomy<Tables> {
  tables: Tables;
  room: number;
}

function moveRows(from: Roomy<RowTable[]>, to: Roomy<RowTable[]>, sources_B: tf.Tensor1D, { K, C, slotCount }: Sizes) {
  const common = Math.min(from.room, to.room);
  const slots = tf.range(0, sources_B.size, 1, 'int32');
  const rows = rowsOfSlots(
    slots,
    K * to.room,
    flatten(K, common, (head, token) => head * to.room + token),
  );
  for (const [at, table] of from.tables.entries()) {
    const all = tf.reshape(table.value(), [slotCount, K, from.room, C]);
    const moved = tf.slice(tf.gather(all, sources_B), [0, 0, 0, 0], [sources_B.size, K, common, C]);
    to.tables[at].scatterRows(rows, tf.reshape(moved, [-1, C]));
  }
}

function writePrompts(
  { tables, room }: Roomy<LayerTables[]>,
  longest: number,
  firstRows_R: tf.Tensor1D,
  slots_R: tf.Tensor1D,
  { K, C }: Sizes,
): (layer: number, heads: Heads) => void {
  const rows = rowsOfSlots(
    slots_R,
    K * room,
    flatten(longest, K, (token, head) => head * room + token),
  );
  // A short prompt is followed by rows that are not its own, which nothing reads.
  const tokens = tf.range(0, longest, 1, 'int32');
  const sources = tf.reshape(tf.add(tf.reshape(firstRows_R, [-1, 1]), tokens), [-1]) as tf.Tensor1D;
  return (layer, { keys_MY, values_MY }) => {
    const present = tf.minimum(sources, tf.scalar(keys_MY.shape[0] - 1, 'int32'));
    const pick = (x_MY: tf.Tensor2D) => tf.reshape(tf.gather(x_MY, present), [-1, C]);
    tables[layer].keys.scatterRows(rows, pick(keys_MY));
    tables[layer].values.scatterRows(rows, pick(values_MY));
  };
}

function appendTokens({ tables, room }: Roomy<LayerTables[]>, lengths_B: tf.Tensor1D, { K, C }: Sizes): Attend {
  const B = lengths_B.size;
  const heads_BK = tf.range(0, B * K * room, room, 'int32');
  const rows = tf.reshape(tf.add(tf.reshape(heads_BK, [B, K]), tf.reshape(lengths_B, [B, 1])), [B * K]);
  const held_B = tf.add(lengths_B, tf.scalar(1, 'int32')) as tf.Tensor1D;
  return (layer, { queries_MX, keys_MY, values_MY }) => {
    const { keys, values } = tables[layer];
    keys.scatterRows(rows, tf.reshape(keys_MY, [B * K, C]));
    values.scatterRows(rows, tf.reshape(values_MY, [B * K, C]));
    const held = { keys_RC: keys.value(), values_RC: values.value(), room, lengths_B: held_B };
    return slotAttention(queries_MX, held, K);
  };
}

/** Rows of a table, slot after slot: `offsets` are those of slot 0. */
function rowsOfSlots(slots: tf.Tensor1D, rowsPerSlot: number, offsets: number[]): tf.Tensor1D {
  const first = tf.reshape(tf.mul(slots, tf.scalar(rowsPerSlot, 'int32')), [-1, 1]);
  return tf.reshape(tf.add(first, tf.tensor1d(offsets, 'int32')), [-1]) as tf.Tensor1D;
}

/** The cells of a matrix, row after row. */
function flatten(rows: number, columns: number, cell: (row: number, column: number) => number): number[] {
  return Array.from({ length: rows * columns }, (_, at) => cell(Math.floor(at / columns), at % columns));
}
