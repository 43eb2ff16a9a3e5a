import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { S3_CONNECTIONS } from '../../../src/forecast/assumptions.ts';
import { type Forecast, forecastRun } from '../../../src/forecast/forecast-run.ts';
import { readAssumptions } from '../../../src/forecast/read-assumptions.ts';
import { simulateRun } from '../../../src/forecast/simulate-run.ts';
import { readDefinition } from '../../../src/local/definition.ts';

const page = readFileSync(join(packageRoot, 'docs/aws.md'), 'utf8');
const PROMPTS = { prompts: 5000, evaluationPrompts: 500 };
const folder = join(packageRoot, 'examples');
const pathOf = (size: string) => join(folder, `qwen2.5-vl-${size}.yaml`);

const usd = (value: number) => value.toFixed(2);
const hours = (seconds: number) => (seconds / 3600).toFixed(0);

/** The rows of the page's table, as the simulator has them. */
const ROWS: Record<string, (forecast: Forecast) => string | Promise<string>> = {
  'hours in all': ({ simulation }) => hours(simulation.seconds),
  'GPU-hours of rollouts and evaluation': ({ simulation }) => hours(simulation.usage.rolloutGpuSeconds),
  'GPU-hours of training': ({ simulation }) => hours(simulation.usage.trainingGpuSeconds),
  'of both, starting instances': ({ simulation }) => hours(simulation.usage.launchSeconds),
  'of both, waiting for weights': ({ simulation }) => hours(simulation.usage.movingSeconds),
  'rollout GPUs, on spot': ({ simulation }) => usd(simulation.cost.rolloutGpus),
  'training GPUs, on demand': ({ simulation }) => usd(simulation.cost.trainingGpus),
  'their disks and addresses': ({ simulation }) => usd(simulation.cost.disksAndAddresses),
  'S3 and KMS requests': ({ simulation: { cost } }) => usd(cost.s3Requests + cost.kmsRequests),
  'Lambda, Step Functions, logs': ({ simulation: { cost } }) => usd(cost.lambda + cost.stepFunctions + cost.logs),
  'storage, while it runs': ({ simulation }) => usd(simulation.cost.storage),
  '**the run**': ({ simulation }) => `**${usd(simulation.cost.total)}**`,
  'storage, the month after': ({ simulation }) => usd(simulation.cost.monthAfter),
  '**storage, each month from then on**': ({ simulation }) => `**${usd(simulation.cost.perMonth)}**`,
  'the same, were all weights trained': async ({ config }) => {
    const whole = { ...config, policy: { ...config.policy, adapter: undefined } };
    const assumptions = await readAssumptions(whole, folder, PROMPTS);
    return usd((await simulateRun(readDefinition(), whole, assumptions)).cost.perMonth);
  },
};

/** Cells of a page's table row that begins so. */
function cellsOf(label: string): string[] {
  const [row] = page.split('\n').filter((line) => line.startsWith(`| ${label} |`));
  if (!row) throw new Error(`docs/aws.md has no row "${label}"`);
  return row
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

const forecasts = Promise.all(['3b', '7b'].map((size) => forecastRun(pathOf(size), PROMPTS)));

it.each(Object.keys(ROWS))('docs/aws.md says what the simulator says: %s', async (label) => {
  const figures = (await forecasts).map((forecast) => ROWS[label](forecast));
  expect(cellsOf(label)).toEqual(await Promise.all(figures));
});

describe('ten million trajectories', () => {
  const forecast = forecastRun(pathOf('7b'), { prompts: 40_000, evaluationPrompts: 2000, trajectories: 10_000_000 });

  it.each([
    ['preflight, one call of Lambda', 'Validate', 1, ' s'],
    ['publishing, one call of Lambda', 'Publish', 60, ' min'],
  ])('docs/aws.md says how long it takes: %s', async (label, state, unit, name) => {
    const { secondsByState } = (await forecast).simulation;
    expect(cellsOf(label)[0]).toBe(`${Math.round(secondsByState[state] / unit)}${name}`);
  });

  it.each([
    ['history of the execution', 'Step Functions: events', ' events'],
    ['children of an array job', 'Batch: children', ''],
  ])('docs/aws.md says what is used: %s', async (label, quota, name) => {
    const [{ used, limit }] = (await forecast).simulation.quotas.filter((each) => each.name.startsWith(quota));
    const whole = (value: number) => value.toLocaleString('en-US');
    expect(cellsOf(label)).toEqual([`${whole(used)}${name}`, whole(limit)]);
  });
});

it.each(['src/store/s3-download.ts', 'src/store/s3-upload.ts', 'src/engine/weights/load-tensors.ts'])(
  '%s moves large objects over as many connections as are assumed',
  (path) => {
    const source = readFileSync(join(packageRoot, path), 'utf8');
    expect(Number(/const (?:CONNECTIONS|PARTS_AT_ONCE) = (\d+);/.exec(source)?.[1])).toBe(S3_CONNECTIONS);
  },
);
