import { z } from 'zod';
import { restrictConfig, valuesAt } from '../schema/config/config-part.ts';
import { RunConfig } from '../schema/config/run-config.ts';
import { configKey, freshKey, inRun } from '../schema/keys.ts';
import type { Manifest } from '../schema/manifest.ts';
import { isMeasured, measuredIterations } from '../schema/measured-iterations.ts';
import type { ExecutionInput } from '../schema/stage-inputs.ts';
import { type AnewName, type StageConfig, type StageInput, type WorkName, workOf } from '../schema/stages.ts';
import { beginWork, type DoneWork, type OpenWork } from '../store/begin-work.ts';
import { readConfig, readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { WorkRecipe } from '../store/take-work.ts';
import { adoptPrecision } from './adopt-precision.ts';
import type { StageScope } from './stage-deps.ts';

/** A stage and what it is asked for. */
export type StageTask<N extends WorkName = WorkName> = {
  [Each in N]: {
    stage: Each;
    input: StageInput<Each>;
    /** Array index of a job: its shard or policy. */
    index?: number;
  };
}[N];

/** A task for code that takes whichever it is given. */
interface AnyTask {
  stage: WorkName;
  input: ExecutionInput;
  index?: number;
}

/** A stage whose folder is there. */
export interface DoneStage<S, N extends WorkName = AnewName> extends DoneWork<S> {
  config: StageConfig<N>;
}

/** A stage whose folder is to be made now. */
export interface OpenStage<S, N extends WorkName = AnewName> extends OpenWork<S>, StageScope<StageConfig<N>> {
  /** Its folder. */
  prefix: string;
  /** Folders that are kept while it is not done, its own first. */
  keeps: readonly string[];
}

/** Versions of what the config chooses for a stage. */
type VersionsOf<N extends WorkName> = (config: StageConfig<N>) => Readonly<Record<string, string>>;

/**
 * Begins a stage, of which the table of stages says the folder, the manifests it is made from, what it may keep, what it sees
 * of the config, and whether the equal stage of another run may stand for it.
 */
export async function beginStage<S extends object, N extends WorkName = AnewName>(
  store: Store,
  task: StageTask<N>,
  versionsOf: VersionsOf<N> = () => ({}),
): Promise<DoneStage<S, N> | OpenStage<S, N>> {
  const { stage, input, index = 0 }: AnyTask = task;
  const { runId } = input;
  const whole = await readConfig(store, input.configKey);
  const table = workOf(stage);
  const prefix = table.prefix(input, index);
  const keeps = table.keeps?.(input, whole, index) ?? [];
  const config = seenBy(task, whole) as StageConfig<N>;
  const work = await beginWork<S>(store, {
    ...{ prefix, stage, runId, seed: whole.seed, keeps },
    madeFrom: table.madeFrom(input, whole, index),
    neededUntil: (key) => table.neededUntil?.(key, input, whole),
    supersedes: table.supersedes?.(input, whole),
    recipe: table.recipe && (await describeRecipe(store, task, whole, versionsOf(config))),
  });
  return work.kind === 'done' ? { ...work, config } : { ...work, runId, config, prefix, keeps };
}

function seenBy({ stage, input }: AnyTask, config: RunConfig): object {
  const { recipe } = workOf(stage);
  return recipe ? restrictConfig(config, [...recipe.reads(input), ...recipe.uses], stage) : config;
}

/** All that the stage's result follows from but for what it is made from, in words that are the same in every run. */
async function describeRecipe(
  store: Store,
  { stage, input, index = 0 }: AnyTask,
  config: RunConfig,
  versions: Readonly<Record<string, string>>,
): Promise<WorkRecipe> {
  const { runId, configKey: _key, ...asked } = input;
  const { version, reads, places = [] } = workOf(stage).recipe!;
  const told = Object.entries(asked).filter(([name]) => !places.includes(name));
  const values = told.map(([name, value]) => {
    return [name, typeof value === 'string' ? inRun(value, runId, '') : value];
  });
  return {
    of: [stage, version, Object.entries(versions).sort(), values.sort(), index, valuesAt(config, reads(input))],
    takes: !(await store.exists(freshKey(runId))),
    adopts: async (source) =>
      (await keepsAsMany(store, source, config)) && adoptPrecision(store, { runId, config }, source),
  };
}

/** Whether the run that made something keeps every policy that this one is to keep: what it dropped cannot be taken. */
async function keepsAsMany(store: Store, source: Manifest, config: RunConfig): Promise<boolean> {
  if (source.stage !== 'train-rl') return true;
  const theirs = RunConfig.safeParse(await readJsonIfPresent(store, configKey(source.runId), z.json()));
  if (!theirs.success) return false;
  const { keepCheckpoints: kept } = theirs.data.compute;
  const { keepCheckpoints } = config.compute;
  if (kept === 'all') return true;
  const isMeasuredThere = measuredIterations(config).every((iteration) => isMeasured(theirs.data, iteration));
  return keepCheckpoints !== 'all' && keepCheckpoints <= kept && isMeasuredThere;
}
