import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { footprintOf } from '../../../src/sizing/memory/footprint.ts';
import { totalBytes } from '../../../src/sizing/memory/memory.ts';
import { type ModelShape, parseModelShape } from '../../../src/sizing/model-shape.ts';
import { PUBLISHED_MODELS } from '../../../src/sizing/published-models.ts';
import type { Precision } from '../../../src/sizing/work.ts';
import { mediumCheckpoint } from '../../support/medium-checkpoint.ts';

const published = PUBLISHED_MODELS['Qwen/Qwen2.5-VL-3B-Instruct'] as { vision_config: object };
const cut = {
  num_hidden_layers: 6,
  vision_config: { ...published.vision_config, depth: 4, fullatt_block_indexes: [3] },
};
const MODELS: Record<string, { shape: ModelShape; storedBytes: 2 | 4 }> = {
  medium: {
    shape: parseModelShape(JSON.parse(readFileSync(join(mediumCheckpoint(), 'config.json'), 'utf8'))),
    storedBytes: 4,
  },
  '0.9B': { shape: parseModelShape({ ...published, ...cut }), storedBytes: 2 },
  '3B': { shape: parseModelShape(published), storedBytes: 2 },
};

interface Case {
  model: string;
  work: 'rollout' | 'training';
  precision: Precision;
  /** Sequences at once, tokens of the prompt they share (16 of them an image's), tokens of each completion. */
  size: [sequences: number, promptTokens: number, completionTokens: number];
  rank?: number;
  /** By the system, on two cores without a GPU, on 2026-11-28 and -29 (`npm run bench -- plan`; all of 0.9B: `-- real-training`). */
  measuredGB: number;
}

const CASES: readonly Case[] = [
  { model: 'medium', work: 'rollout', precision: 'float32', size: [8, 105, 64], measuredGB: 0.704 },
  { model: 'medium', work: 'rollout', precision: 'float32', size: [64, 105, 256], measuredGB: 1.063 },
  { model: 'medium', work: 'training', precision: 'float32', size: [8, 105, 64], measuredGB: 2.023 },
  { model: 'medium', work: 'training', precision: 'float32', size: [16, 401, 64], measuredGB: 2.371 },
  { model: 'medium', work: 'training', precision: 'bf16', size: [8, 105, 64], measuredGB: 2.061 },
  { model: 'medium', work: 'training', precision: 'bf16', size: [16, 401, 64], measuredGB: 2.414 },
  { model: '0.9B', work: 'rollout', precision: 'bf16', size: [1, 105, 8], measuredGB: 2.285 },
  { model: '0.9B', work: 'rollout', precision: 'float32', size: [1, 105, 8], measuredGB: 4.067 },
  { model: '0.9B', work: 'rollout', precision: 'bf16', size: [16, 201, 128], measuredGB: 2.398 },
  { model: '0.9B', work: 'training', precision: 'bf16', size: [1, 201, 200], rank: 16, measuredGB: 3.28 },
  { model: '0.9B', work: 'training', precision: 'bf16', size: [8, 257, 256], rank: 16, measuredGB: 4.315 },
  { model: '0.9B', work: 'training', precision: 'bf16', size: [1, 64, 64], measuredGB: 14.97 },
  { model: '0.9B', work: 'training', precision: 'float32', size: [1, 64, 64], measuredGB: 14.62 },
  { model: '3B', work: 'rollout', precision: 'bf16', size: [1, 105, 8], measuredGB: 8.2 },
  { model: '3B', work: 'training', precision: 'bf16', size: [1, 129, 128], rank: 16, measuredGB: 9.35 },
  { model: '3B', work: 'training', precision: 'bf16', size: [2, 257, 256], rank: 16, measuredGB: 9.43 },
];

describe('peaks on a CPU', () => {
  it.each(CASES)('of $model, $work in $precision of $size are within 10%', (each) => {
    const { model, work, precision, size, rank, measuredGB } = each;
    const [sequences, promptTokens, completionTokens] = size;
    const { shape, storedBytes } = MODELS[model];
    const prompt = { textTokens: promptTokens - 16, images: 1, tokensPerImage: 16 };
    const held = { precision, storedBytes, prompt, sequences, completionTokens };
    const adapter = rank === undefined ? undefined : { rank, targets: 'all-linear' as const };
    const trained = { kind: 'training' as const, adapter, isVisionFrozen: true, stateNumbers: 2, hasReference: false };
    const { device, host } = footprintOf(
      shape,
      work === 'rollout' ? { ...held, kind: work, groupSize: sequences } : { ...held, ...trained },
      'cpu',
    );
    const ratio = (totalBytes(device) + totalBytes(host)) / (measuredGB * 1e9);
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });
});
