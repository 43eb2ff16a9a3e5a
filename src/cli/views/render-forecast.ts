import { alignColumns, TEXT } from '../../base/table.ts';
import type { Assumptions } from '../../forecast/assumptions.ts';
import type { Forecast } from '../../forecast/forecast-run.ts';
import type { QuotaUse } from '../../forecast/quotas.ts';

/** A forecast as tables for people. */
export function renderForecast({ simulation, assumptions, config: { rl } }: Forecast): string {
  const { trajectories, seconds, secondsByState, cost, peak, quotas } = simulation;
  const passed = quotas.filter(({ isWithin }) => !isWithin);
  return [
    `${whole(trajectories)} trajectories: ${rl.iterations} iterations of ${whole(rl.promptsPerIteration)} prompts x ${rl.groupSize}, and the diagnosis`,
    '',
    ...table([
      ['time', duration(seconds)],
      ['cost', `${usd(cost.total)}, and ${usd(cost.storagePerMonth)} a month for the trajectories`],
      [
        '',
        `GPUs ${usd(cost.rolloutGpus)} for rollouts, ${usd(cost.trainingGpus)} for training; Lambda ${usd(cost.lambda)}`,
      ],
      ['', `Step Functions ${usd(cost.stepFunctions)}, S3 requests ${usd(cost.s3Requests)}`],
      [
        'at once',
        `${peak.rolloutGpus} rollout GPUs, ${peak.trainingGpus} training GPUs, ${peak.functions} Lambda calls`,
      ],
    ]),
    '',
    ...table([['state', 'time'], ...Object.entries(secondsByState).map(([state, each]) => [state, duration(each)])]),
    '',
    ...table([['quota', 'used', 'limit', 'where'], ...quotas.map(quotaRow)]),
    '',
    ...describeAssumptions(assumptions),
    '',
    ...(passed.length === 0
      ? ['Every quota is kept.']
      : passed.map(({ name, remedy }) => `Over the limit: ${name}. Try ${remedy}.`)),
  ].join('\n');
}

const quotaRow = ({ name, used, limit, isWithin, state = '' }: QuotaUse) => [
  name,
  limit === 1 ? `${Math.round(used * 100)} %` : whole(used),
  `${limit === 1 ? '100 %' : whole(limit)}${isWithin ? '' : '  PASSED'}`,
  state,
];

/** What the figures rest on. */
function describeAssumptions(assumptions: Assumptions): string[] {
  const { trainPrompts, evaluationPrompts, tokensPerTrajectory, rolloutTokensPerSecond, trainingTokensPerSecond } =
    assumptions;
  return [
    `Assumed: ${whole(trainPrompts)} training and ${whole(evaluationPrompts)} held-out prompts, ${whole(tokensPerTrajectory)} tokens a completion,`,
    `${whole(rolloutTokensPerSecond)} tokens a second sampled and ${whole(trainingTokensPerSecond)} learned from by a GPU, a model of ${(assumptions.modelBytes / 1e9).toPrecision(3)} GB.`,
    'No failure, no reclaimed instance, no wait for capacity. Prices: us-east-1.',
  ];
}

const table = (rows: readonly string[][]) => alignColumns(rows, [TEXT]);
const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const usd = (value: number) => `${value.toLocaleString('en-US', { maximumFractionDigits: 2 })} USD`;

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
