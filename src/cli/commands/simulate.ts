import type { Command } from 'commander';
import type { ForecastOptions } from '../../forecast/read-assumptions.ts';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';

const count = numberOption({ least: 1, isWhole: true });
const positive = numberOption({ least: 1e-9 });

export function register(program: Command): void {
  program
    .command('simulate')
    .description(
      'walk the state machine with modelled times: how long a run takes on AWS, its cost, memory and every quota',
    )
    .argument('<config>', 'run config, a YAML file; neither model nor data need be there')
    .option('--trajectories <n>', 'as if rl.promptsPerIteration were such that the run samples so many', count)
    .option('--prompts <n>', 'training prompts; by default counted in the data', count)
    .option('--evaluation-prompts <n>', 'held-out prompts; by default counted in the data', count)
    .option('--tokens <n>', 'mean tokens of a completion; by default a quarter of sampling.maxNewTokens', positive)
    .option('--rollout-tokens-per-second <n>', 'that a GPU samples; by default as rise plan reckons', positive)
    .option('--training-tokens-per-second <n>', 'that a GPU learns from; by default as rise plan reckons', positive)
    .option('--rollout-gpus <n>', 'of the rollout queue: rolloutMaxVcpus over the vCPUs of an instance', count)
    .option('--training-gpus <n>', 'of the training queue', count)
    .option('--rollout-hour-usd <n>', 'price of an instance of the rollout queue', positive)
    .option('--training-hour-usd <n>', 'price of an instance of the training queue', positive)
    .option('--model-gb <n>', 'size of the checkpoint; by default by its config.json', positive)
    .option('--json', 'print one line: the simulation with its assumptions and quotas')
    .action(simulate);
}

/** Exits 1 when the run would pass a quota, or a job of it has no room on what the stack rents. */
async function simulate(configPath: string, { json, ...options }: ForecastOptions & { json?: boolean }): Promise<void> {
  const [{ forecastRun }, { renderForecast }] = await Promise.all([
    import('../../forecast/forecast-run.ts'),
    import('../views/render-forecast.ts'),
  ]);
  const forecast = await forecastRun(configPath, options);
  const { simulation, assumptions, config, shortages } = forecast;
  const { promptsPerIteration } = config.rl;
  if (json) print(JSON.stringify({ ...simulation, assumptions, promptsPerIteration, shortages }));
  else print(renderForecast(forecast));
  if (shortages.length > 0 || simulation.quotas.some(({ isWithin }) => !isWithin)) process.exitCode = 1;
}
