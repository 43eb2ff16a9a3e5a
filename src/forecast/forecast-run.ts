import { dirname } from 'node:path';
import { chooseSlots } from '../launch/choose-slots.ts';
import { readRunConfig } from '../launch/read-run-config.ts';
import { readDefinition } from '../local/definition.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { Assumptions } from './assumptions.ts';
import { type ForecastOptions, readAssumptions } from './read-assumptions.ts';
import { type Simulation, simulateRun } from './simulate-run.ts';
import { scaleTo } from './workload.ts';

/** A simulated run, what it rests on, and the config as simulated. */
export interface Forecast {
  simulation: Simulation;
  assumptions: Assumptions;
  config: RunConfig;
}

/** What a run of a config file would take on AWS; with `trajectories`, as if it sampled so many. */
export async function forecastRun(configPath: string, options: ForecastOptions): Promise<Forecast> {
  const folder = dirname(configPath);
  const given = await chooseSlots(await readRunConfig(configPath), folder);
  const assumptions = await readAssumptions(given, folder, options);
  const config = options.trajectories === undefined ? given : scaleTo(options.trajectories, given, assumptions);
  return { simulation: await simulateRun(readDefinition(), config, assumptions), assumptions, config };
}
