import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { cacheFolder } from '../../setup/places.mjs';
import { packageRoot } from '../../src/base/package-root.ts';
import { createRandom } from '../../src/base/random.ts';
import { parseModelConfig, type Qwen25VLConfig } from '../../src/engine/models/qwen2_5_vl/config.ts';
import { listWeightShapes } from '../../src/engine/models/qwen2_5_vl/weight-shapes.ts';
import { encodeSafetensors, type TensorSource } from '../../src/engine/weights/encode-safetensors.ts';

/** Shapes of published size: Qwen2.5-VL-3B's widths and vocabulary, with a few of its layers or with all. */
export const REAL_SHAPES = { '0.9B': { layers: 6, blocks: 4 }, '3B': { layers: 36, blocks: 32 } } as const;
export type RealShape = keyof typeof REAL_SHAPES;

const TEXT = {
  vocab_size: 151_936,
  hidden_size: 2048,
  intermediate_size: 11_008,
  num_attention_heads: 16,
  num_key_value_heads: 2,
  rope_parameters: { rope_type: 'default', rope_theta: 1_000_000, mrope_section: [16, 24, 24] },
  max_position_embeddings: 128_000,
};

const VISION = { hidden_size: 1280, num_heads: 16, intermediate_size: 3420, out_hidden_size: 2048 };

/** Numbers that weights are cut from: a prime, so that no two rows are the same. */
const NOISE_LENGTH = 4_194_301;
const PIECE_VALUES = 1 << 20;

export const realCheckpointFolder = (shape: RealShape) => join(cacheFolder(), 'test', `real-checkpoint-${shape}`);

/**
 * Folder of a checkpoint of published size with random weights, stored in bf16 in one file, under rise-tiny's tokenizer and image
 * settings. Made once (0.9B: 1.8 GB, 3B: 7.5 GB) in the user's cache folder; written as it is drawn.
 */
export async function realCheckpoint(shape: RealShape): Promise<string> {
  const folder = realCheckpointFolder(shape);
  if (existsSync(folder)) return folder;
  const base = join(packageRoot, 'models/rise-tiny');
  const pending = `${folder}.${process.pid}`;
  mkdirSync(pending, { recursive: true });
  try {
    const settings = readdirSync(base).filter((name) => ['.json', '.jinja'].includes(extname(name)));
    for (const name of settings) copyFileSync(join(base, name), join(pending, name));
    const json = realConfig(JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')), shape);
    writeFileSync(join(pending, 'config.json'), `${JSON.stringify(json, null, 2)}\n`);
    await writePieces(join(pending, 'model.safetensors'), drawWeights(parseModelConfig(json)));
    renameSync(pending, folder);
  } finally {
    rmSync(pending, { recursive: true, force: true });
  }
  return folder;
}

function realConfig(tiny: { text_config: object; vision_config: object }, shape: RealShape) {
  const { layers, blocks } = REAL_SHAPES[shape];
  const full = [7, 15, 23, 31].filter((block) => block < blocks);
  return {
    ...tiny,
    dtype: 'bfloat16',
    text_config: { ...tiny.text_config, ...TEXT, num_hidden_layers: layers },
    vision_config: {
      ...tiny.vision_config,
      ...VISION,
      depth: blocks,
      fullatt_block_indexes: full.length > 0 ? full : [blocks - 1],
    },
  };
}

async function writePieces(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'w');
  for (const piece of pieces) await file.writeFile(piece);
  await file.close();
}

/** Norms 1, biases 0, matrices of the scale that keeps activations as large as they come. */
function drawWeights(config: Qwen25VLConfig): Iterable<Uint8Array> {
  const noise = drawNoise();
  const random = createRandom(1);
  const sources = [...listWeightShapes(config)].map(([name, shape]): [string, TensorSource] => {
    const size = shape.reduce((product, length) => product * length, 1);
    const start = random.int(NOISE_LENGTH);
    const scale = name.includes('embed_tokens') ? 0.05 : 1 / Math.sqrt(size / shape[0]);
    const valueAt = (at: number) =>
      shape.length > 1 ? scale * noise[(start + at) % NOISE_LENGTH] : name.endsWith('.bias') ? 0 : 1;
    return [name, { shape, values: () => cut(size, valueAt) }];
  });
  return asPublished(encodeSafetensors(new Map(sources), 'BF16'));
}

/** Other writers begin values at multiples of 8 bytes alone: ours, at multiples of 64, would load faster. */
function* asPublished(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let isHeader = true;
  for (const piece of pieces) {
    yield isHeader ? lengthen(piece, 8) : piece;
    isHeader = false;
  }
}

/** A header with more spaces at its end. */
function lengthen(header: Uint8Array, spaces: number): Uint8Array {
  const longer = Buffer.concat([header, Buffer.alloc(spaces, ' ')]);
  longer.writeBigUInt64LE(longer.readBigUInt64LE() + BigInt(spaces));
  return longer;
}

function* cut(size: number, valueAt: (at: number) => number): Generator<Float32Array> {
  for (let first = 0; first < size; first += PIECE_VALUES) {
    const piece = new Float32Array(Math.min(PIECE_VALUES, size - first));
    for (let at = 0; at < piece.length; at++) piece[at] = valueAt(first + at);
    yield piece;
  }
}

/** Normal numbers, by the Box-Muller transform. */
function drawNoise(): Float32Array {
  const random = createRandom(7);
  return Float32Array.from({ length: NOISE_LENGTH }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    return radius * Math.cos(2 * Math.PI * random.next());
  });
}
