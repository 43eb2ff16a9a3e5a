import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { findPlannedModel } from '../launch/planned-model.ts';
import { measuringBenchmark } from '../schema/config/evaluation.ts';
import type { PromptSource } from '../schema/config/prompt-source.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { DEFAULT_INSTANCE_TYPES, findInstanceType } from '../sizing/instance-types.ts';
import { worksOf } from '../sizing/works.ts';
import { type Assumptions, COMPLETION_SHARE, DEFAULT_ASSUMPTIONS, DEFAULT_MODEL_BYTES } from './assumptions.ts';
import { guessPolicyBytes, policyBytes } from './policy-bytes.ts';
import { factsOf } from './run-facts.ts';
import { speedOn } from './speed-on.ts';

/** What may be said of a run that cannot be seen in its config; the rest is looked up or taken from the defaults. */
export interface ForecastOptions {
  trajectories?: number;
  prompts?: number;
  evaluationPrompts?: number;
  tokens?: number;
  rolloutTokensPerSecond?: number;
  trainingTokensPerSecond?: number;
  rolloutGpus?: number;
  trainingGpus?: number;
  rolloutHourUsd?: number;
  trainingHourUsd?: number;
  modelGb?: number;
}

/** Training and held-out prompts: what the options say, else what the files show. Throws `InvalidInputError` without either. */
export async function countPrompts(
  { data, evaluation }: Pick<RunConfig, 'data' | 'evaluation'>,
  folder: string,
  { prompts, evaluationPrompts }: Pick<ForecastOptions, 'prompts' | 'evaluationPrompts'>,
): Promise<Pick<Assumptions, 'trainPrompts' | 'evaluationPrompts' | 'measuringPrompts'>> {
  const measured = evaluationPrompts === undefined && (await countMeasuringPrompts({ data, evaluation }, folder));
  return {
    ...(measured && { measuringPrompts: measured }),
    trainPrompts: prompts ?? (await countRows('data.train', data.train, folder, '--prompts')),
    evaluationPrompts: evaluationPrompts ?? (await countBenchmarkPrompts({ data, evaluation }, folder)),
  };
}

/** What the options say, else what the config's files show, else the defaults. Paths start at `folder`. */
export async function readAssumptions(
  config: RunConfig,
  folder: string,
  options: ForecastOptions,
): Promise<Assumptions> {
  const { modelGb, tokens } = options;
  const { data, sampling, evaluation } = config;
  const given = Object.keys(DEFAULT_ASSUMPTIONS).flatMap((name) => {
    const value = options[name as keyof ForecastOptions];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...DEFAULT_ASSUMPTIONS,
    ...guessPolicyBytes(config, DEFAULT_MODEL_BYTES),
    ...(await assumeOfModel(config, folder)),
    ...(modelGb && guessPolicyBytes(config, modelGb * 1e9)),
    ...Object.fromEntries(given),
    ...(await countPrompts({ data, evaluation }, folder, options)),
    tokensPerTrajectory: tokens ?? sampling.maxNewTokens * COMPLETION_SHARE,
  };
}

async function countBenchmarkPrompts(
  { data, evaluation }: Pick<RunConfig, 'data' | 'evaluation'>,
  folder: string,
): Promise<number> {
  const counts = Object.entries(evaluation.benchmarks).map(([name, { source }]) => {
    const place = source ? `evaluation.benchmarks.${name}.source` : 'data.evaluation';
    return countRows(place, source ?? data.evaluation, folder, '--evaluation-prompts');
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** Undefined where the RL policy is not measured before the end. */
async function countMeasuringPrompts(
  { data, evaluation }: Pick<RunConfig, 'data' | 'evaluation'>,
  folder: string,
): Promise<number | undefined> {
  const { duringRl, benchmarks } = evaluation;
  if (!duringRl) return undefined;
  const source = duringRl.source ?? benchmarks[measuringBenchmark(evaluation)].source ?? data.evaluation;
  return countRows('evaluation.duringRl', source, folder, '--evaluation-prompts');
}

async function countRows(place: string, source: PromptSource, folder: string, option: string): Promise<number> {
  if (source.kind === 'tasks') return Object.values(source.tiers).reduce((sum, tasks) => sum + tasks, 0);
  const path = resolve(folder, source.path);
  if (!path.endsWith('.jsonl')) {
    throw new InvalidInputError(`${place}: ${path} is no .jsonl file, so its prompts are not counted; give ${option}`);
  }
  try {
    let rows = 0;
    for await (const line of createInterface({ input: createReadStream(path) })) if (line.trim() !== '') rows += 1;
    return Math.min(rows, source.limit ?? rows);
  } catch (cause) {
    throw new InvalidInputError(`${place}: ${path} cannot be read; put the data there, or give ${option}`, { cause });
  }
}

/** Speeds on what the stack rents, and the size of the weights; none where the model is neither there nor a published one. */
async function assumeOfModel(config: RunConfig, folder: string): Promise<Partial<Assumptions>> {
  const model = await findPlannedModel(config.policy.model, folder);
  if (!model) return {};
  const works = worksOf(config, factsOf(config, model));
  const [type] = DEFAULT_INSTANCE_TYPES.map(findInstanceType);
  return { ...(type && speedOn(type, model.shape, works)), ...policyBytes(model.shape, works, model.storedBytes) };
}
