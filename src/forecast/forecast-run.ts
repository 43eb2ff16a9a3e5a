import { dirname } from 'node:path';
import { chooseSlots } from '../launch/choose-slots.ts';
import { findPlannedModel } from '../launch/planned-model.ts';
import { readRunConfig } from '../launch/read-run-config.ts';
import { readDefinition } from '../local/definition.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { DEFAULT_INSTANCE_TYPES, findInstanceType } from '../sizing/instance-types.ts';
import { machineOf } from '../sizing/machine.ts';
import { describeShortages, fitRun } from '../sizing/plan-memory.ts';
import type { Assumptions } from './assumptions.ts';
import { type ForecastOptions, readAssumptions } from './read-assumptions.ts';
import { factsOf } from './run-facts.ts';
import { type Simulation, simulateRun } from './simulate-run.ts';
import { scaleTo } from './workload.ts';

/** A simulated run, what it rests on, and the config as simulated. */
export interface Forecast {
  simulation: Simulation;
  assumptions: Assumptions;
  config: RunConfig;
  /** Jobs that have no room on what the stack rents, with what would do; none where the model is not known. */
  shortages: string[];
}

/** What a run of a config file would take on AWS; with `trajectories`, as if it sampled so many. */
export async function forecastRun(configPath: string, options: ForecastOptions): Promise<Forecast> {
  const folder = dirname(configPath);
  const given = await chooseSlots(await readRunConfig(configPath), folder);
  const assumptions = await readAssumptions(given, folder, options);
  const config = options.trajectories === undefined ? given : scaleTo(options.trajectories, given, assumptions);
  const simulation = await simulateRun(readDefinition(), config, assumptions);
  return { simulation, assumptions, config, shortages: await findShortages(config, folder) };
}

async function findShortages(config: RunConfig, folder: string): Promise<string[]> {
  const model = await findPlannedModel(config.policy.model, folder);
  if (!model) return [];
  const rented = DEFAULT_INSTANCE_TYPES.map((name) => machineOf(findInstanceType(name)!));
  return describeShortages(fitRun(model.shape, config, factsOf(config, model), { rollout: rented, training: rented }));
}
