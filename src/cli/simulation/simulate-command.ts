import { dirname } from 'node:path';
import { readAssumptions, type SimulateOptions } from '../../forecast/read-assumptions.ts';
import { simulateRun } from '../../forecast/simulate-run.ts';
import { scaleTo } from '../../forecast/workload.ts';
import { readRunConfig } from '../../launch/read-run-config.ts';
import { readDefinition } from '../../local/definition.ts';
import { renderSimulation } from '../views/render-simulation.ts';

/** Prints what a run of the config would take on AWS. Exits 1 when it would pass a quota. */
export async function simulate(configPath: string, options: SimulateOptions): Promise<void> {
  const given = await readRunConfig(configPath);
  const assumptions = await readAssumptions(given, dirname(configPath), options);
  const config = options.trajectories === undefined ? given : scaleTo(options.trajectories, given, assumptions);
  const simulation = await simulateRun(readDefinition(), config, assumptions);
  const { promptsPerIteration } = config.rl;
  if (options.json) console.log(JSON.stringify({ ...simulation, assumptions, promptsPerIteration }));
  else console.log(renderSimulation(simulation, assumptions, config));
  if (simulation.quotas.some(({ isWithin }) => !isWithin)) process.exitCode = 1;
}
