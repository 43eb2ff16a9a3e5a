import { z } from 'zod';
import type { Reward } from './reward.ts';

const TAGS = ['<think>', '</think>', '<answer>', '</answer>'];
const LAYOUT = /^<think>([\s\S]*)<\/think>\s*<answer>([\s\S]*)<\/answer>$/;

/**
 * True for `<think> ... </think> <answer> ... </answer>` and nothing around it: each tag exactly once, neither part blank
 * (Metis-RISE, arXiv 2506.13056: the response starts with `<think>` and ends with `</answer>`).
 */
export function isFormatted(response: string): boolean {
  const text = response.trim();
  const parts = LAYOUT.exec(text);
  if (!parts || parts[1].trim() === '' || parts[2].trim() === '') return false;
  return TAGS.every((tag) => text.split(tag).length === 2);
}

/** 1 for the format that the recipe asks for, else 0. */
export const format: Reward = {
  name: 'format',
  version: '1',
  options: z.strictObject({}),
  create: () => ({
    score: (_, { text }) =>
      isFormatted(text)
        ? { value: 1, evidence: 'think and answer tags, once each' }
        : { value: 0, evidence: 'not <think>..</think> <answer>..</answer>' },
  }),
};
