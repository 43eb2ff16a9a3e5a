import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { InvalidInputError } from '../schema/errors.ts';
import { type ModelShape, parseModelShape } from '../sizing/model-shape.ts';
import { PUBLISHED_MODELS } from '../sizing/published-models.ts';

/** A model that is planned for; its weights need not be there. */
export interface PlannedModel {
  /** The file, or the name of a published checkpoint. */
  source: string;
  shape: ModelShape;
  /** Bytes of a weight in its files. */
  storedBytes: 2 | 4;
  /** Largest area that its processor leaves an image. */
  maxPixels: number;
}

/** What published checkpoints say in preprocessor_config.json: 16,384 tokens. */
const PUBLISHED_MAX_PIXELS = 28 * 28 * 16_384;

/**
 * The model of a run config: of `modelConfig`, a config.json, where one is given; else of its folder, where that is there; else
 * the published one of its name.
 *
 * @param model as `policy.model` has it, relative to `folder`
 * @throws InvalidInputError none of them
 */
export async function readPlannedModel(model: string, folder: string, modelConfig?: string): Promise<PlannedModel> {
  const path = modelConfig ?? join(resolve(folder, model), 'config.json');
  const json = await readJson(path);
  if (json) return describe(path, json, await readJson(join(resolve(path, '..'), 'preprocessor_config.json')));
  const name = Object.keys(PUBLISHED_MODELS).find((known) => known === model || basename(known) === basename(model));
  if (name && !modelConfig) return describe(name, PUBLISHED_MODELS[name], undefined);
  const names = Object.keys(PUBLISHED_MODELS).join(', ');
  throw new InvalidInputError(
    `policy.model: ${path} cannot be read; put the checkpoint there, name a published one (${names}), or give ` +
      '--model-config FILE, the config.json of another',
  );
}

function describe(source: string, json: object, processor: object | undefined): PlannedModel {
  const { dtype, torch_dtype: type = dtype } = json as { dtype?: string; torch_dtype?: string };
  const { max_pixels: maxPixels, size } = (processor ?? {}) as {
    max_pixels?: number;
    size?: { longest_edge?: number };
  };
  return {
    source,
    shape: parseModelShape(json),
    storedBytes: type === 'float32' ? 4 : 2,
    maxPixels: maxPixels ?? size?.longest_edge ?? PUBLISHED_MAX_PIXELS,
  };
}

async function readJson(path: string): Promise<object | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(`${path} is no JSON: ${(cause as Error).message}; download it again`, { cause });
  }
}
