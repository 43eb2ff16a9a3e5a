import { createHash } from 'node:crypto';
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
import { extname, join } from 'node:path';
import { cacheFolder } from '../../setup/places.mjs';
import { packageRoot } from '../../src/base/package-root.ts';
import { parseModelConfig } from '../../src/engine/models/qwen2_5_vl/config.ts';
import { initializeWeights } from '../../src/engine/models/qwen2_5_vl/initialize-weights.ts';
import { encodeWeightFiles } from '../../src/engine/weights/weight-files.ts';

const SEED = 1;
const HIDDEN_SIZE = 512;

const TEXT = {
  hidden_size: HIDDEN_SIZE,
  num_hidden_layers: 8,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  intermediate_size: 2816,
  vocab_size: 8192,
  rope_parameters: { rope_type: 'default', rope_theta: 10_000, mrope_section: [8, 12, 12] },
};

const VISION = {
  depth: 4,
  hidden_size: 256,
  num_heads: 4,
  intermediate_size: 768,
  out_hidden_size: HIDDEN_SIZE,
  fullatt_block_indexes: [3],
};

/**
 * Folder of a Qwen2.5-VL of 50 M random parameters, in Hugging Face layout: rise-tiny's tokenizer, template and image
 * settings under wider and deeper networks. The vocabulary is larger than the tokenizer's: ids past it have no text.
 * Made once (200 MB, some seconds) in the user's cache folder, under the hash of its config.
 */
export function mediumCheckpoint(): string {
  const base = join(packageRoot, 'models/rise-tiny');
  const json = mediumConfigJson(readFileSync(join(base, 'config.json'), 'utf8'));
  const hash = createHash('sha256').update(`${SEED}\n${json}`).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), 'test', `medium-checkpoint-${hash}`);
  if (existsSync(folder)) return folder;
  const pending = `${folder}.${process.pid}`;
  mkdirSync(pending, { recursive: true });
  try {
    const settings = readdirSync(base).filter((name) => ['.json', '.jinja'].includes(extname(name)));
    for (const name of settings) copyFileSync(join(base, name), join(pending, name));
    writeFileSync(join(pending, 'config.json'), json);
    const weights = initializeWeights(parseModelConfig(JSON.parse(json)), SEED);
    for (const [name, pieces] of encodeWeightFiles(weights))
      writeFileSync(join(pending, name), Buffer.concat([...pieces]));
    if (!existsSync(folder)) renameSync(pending, folder);
  } finally {
    rmSync(pending, { recursive: true, force: true });
  }
  return folder;
}

function mediumConfigJson(tinyConfigJson: string): string {
  const tiny = JSON.parse(tinyConfigJson);
  const medium = {
    ...tiny,
    text_config: { ...tiny.text_config, ...TEXT },
    vision_config: { ...tiny.vision_config, ...VISION },
  };
  return `${JSON.stringify(medium, null, 2)}\n`;
}
