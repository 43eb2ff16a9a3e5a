import { dirname } from 'node:path';
import { chooseSlots } from '../launch/choose-slots.ts';
import { readPlannedModel } from '../launch/planned-model.ts';
import { readRunConfig } from '../launch/read-run-config.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import {
  DEFAULT_INSTANCE_TYPES,
  findInstanceType,
  INSTANCE_TYPES,
  type InstanceType,
} from '../sizing/instance-types.ts';
import { findShortage, machineOf } from '../sizing/machine.ts';
import { footprintOf } from '../sizing/memory/footprint.ts';
import type { Footprint } from '../sizing/memory/memory.ts';
import { countParameters, type ModelPart } from '../sizing/model-shape.ts';
import { type Fit, fitRun } from '../sizing/plan-memory.ts';
import type { PlannedModel } from '../sizing/planned-model.ts';
import { type RunFacts, WORK_NAMES, type WorkName, type Works, worksOf } from '../sizing/works.ts';
import { costOn, type PromptCounts, type RunCost, type TimeAndCost } from './plan-cost.ts';
import { countPrompts, type ForecastOptions } from './read-assumptions.ts';
import { factsOf } from './run-facts.ts';
import { type Speed, speedOn } from './speed-on.ts';

/** What may be said of a run that is planned; the rest is looked up or assumed. */
export interface PlanOptions extends Pick<ForecastOptions, 'prompts' | 'evaluationPrompts'> {
  modelConfig?: string;
  instanceTypes?: string[];
  textTokens?: number;
  images?: number;
}

/** What a run takes of memory, and where it fits. */
export interface RunPlan {
  config: RunConfig;
  model: PlannedModel;
  facts: RunFacts;
  works: Works;
  parameters: Record<ModelPart, number>;
  /** At the peak of each kind of job, on a GPU. */
  footprints: Record<WorkName, Footprint>;
  /** Of the instance types that are rented. */
  fits: Fit[];
  /** Of all that are known: which jobs each has room for. */
  instances: { type: InstanceType; isRented: boolean; fits: WorkName[] }[];
  /** On the cheapest rented type that all jobs fit on; absent where there is none, or its speed is not known. */
  forecast?: PlanForecast;
}

/** Arithmetic: no GPU has confirmed it. */
export interface PlanForecast extends Speed {
  type: InstanceType;
  iteration?: TimeAndCost;
  /** Where its prompts could be counted. */
  run?: RunCost;
}

/** Plans the run of a config file. Throws `InvalidInputError` on an instance type that is not known. */
export async function planRun(configPath: string, options: PlanOptions): Promise<RunPlan> {
  const folder = dirname(configPath);
  const config = await chooseSlots(await readRunConfig(configPath), folder, options.modelConfig);
  const model = await readPlannedModel(config.policy.model, folder, options.modelConfig);
  const plan = planModel(config, model, options);
  return { ...plan, forecast: await forecastPlan(plan, await findPromptCounts(config, folder, options)) };
}

/** Undefined where the data is not there. */
async function findPromptCounts(config: RunConfig, folder: string, options: PlanOptions) {
  try {
    return await countPrompts(config, folder, options);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

async function forecastPlan({ config, model, works, instances }: RunPlan, counts?: PromptCounts) {
  const wanted = WORK_NAMES.filter((name) => name !== 'rl' || config.rl.iterations > 0);
  const fitting = instances.find(({ isRented, fits }) => isRented && wanted.every((name) => fits.includes(name)));
  const speed = fitting && speedOn(fitting.type, model.shape, works);
  if (!speed) return undefined;
  return { type: fitting.type, ...speed, ...(await costOn(fitting.type, speed, { config, model, works, counts })) };
}

export function planModel(config: RunConfig, model: PlannedModel, options: PlanOptions): RunPlan {
  const { shape } = model;
  const facts = factsOf(config, model, options);
  const works = worksOf(config, facts);
  const types = (options.instanceTypes ?? DEFAULT_INSTANCE_TYPES).map(requireInstanceType);
  const rented = types.map(machineOf);
  const byWork = <T>(value: (name: WorkName) => T) =>
    Object.fromEntries(WORK_NAMES.map((name) => [name, value(name)])) as Record<WorkName, T>;
  return {
    config,
    model,
    facts,
    works,
    parameters: countParameters(shape),
    footprints: byWork((name) => footprintOf(shape, works[name], 'gpu')),
    fits: fitRun(shape, config, facts, { rollout: rented, training: rented }),
    instances: INSTANCE_TYPES.map((type) => ({
      type,
      isRented: types.includes(type),
      fits: WORK_NAMES.filter((name) => !findShortage(shape, works[name], machineOf(type))),
    })),
  };
}

function requireInstanceType(name: string): InstanceType {
  const type = findInstanceType(name);
  if (type) return type;
  const known = INSTANCE_TYPES.map((each) => each.name).join(', ');
  throw new InvalidInputError(`--instance-types: ${name} is not known here; give some of ${known}`);
}
