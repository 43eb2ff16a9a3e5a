import type { Qwen25VLConfig } from '../../engine/models/qwen2_5_vl/config.ts';
import type { Precision } from '../work.ts';
import { BF16, FLOAT32 } from './weights.ts';

/** Tokens that a growing cache makes room for at once. */
const RESERVE = 64;

/**
 * Tokens that each slot has room for, by the time that its longest sequence has so many: of 16, 24, 32, 48, 64, 96, ...; with those
 * of the tables before, which are there until all has moved.
 */
export function cacheRoom(promptTokens: number, completionTokens: number): number {
  const longest = promptTokens + completionTokens;
  const grow = (held: number) => roundUpToRoom(held + Math.min(completionTokens, RESERVE));
  let [before, room] = [0, grow(promptTokens)];
  while (room < longest) [before, room] = [room, grow(room + 1)];
  return before + room;
}

function roundUpToRoom(tokens: number): number {
  const octave = Math.max(16, 2 ** Math.floor(Math.log2(tokens)));
  return [1, 1.5, 2].map((factor) => factor * octave).find((room) => room >= tokens)!;
}

/** Bytes of the keys and values of so many tokens of room: in bf16 where products are. */
export function cacheBytes({ text }: Qwen25VLConfig, precision: Precision, tokens: number): number {
  const { layerCount, keyValueHeadCount, headSize } = text;
  return 2 * (precision === 'bf16' ? BF16 : FLOAT32) * layerCount * keyValueHeadCount * headSize * tokens;
}
