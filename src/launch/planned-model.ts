import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InvalidInputError } from '../schema/errors.ts';
import { describeModel, type PlannedModel } from '../sizing/planned-model.ts';
import { PUBLISHED_MODELS } from '../sizing/published-models.ts';

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
  if (json) return describeModel(path, json, await readJson(join(dirname(path), 'preprocessor_config.json')));
  const name = Object.keys(PUBLISHED_MODELS).find((known) => known === model || basename(known) === basename(model));
  if (name && !modelConfig) return describeModel(name, PUBLISHED_MODELS[name]);
  const names = Object.keys(PUBLISHED_MODELS).join(', ');
  throw new InvalidInputError(
    `policy.model: ${path} cannot be read; put the checkpoint there, name a published one (${names}), or give ` +
      '--model-config FILE, the config.json of another',
  );
}

/** As `readPlannedModel`; undefined where there is none. */
export async function findPlannedModel(model: string, folder: string): Promise<PlannedModel | undefined> {
  try {
    return await readPlannedModel(model, folder);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
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
