import { alignColumns, FIGURE, TEXT } from '../../base/table.ts';
import {
  type Assumptions,
  CONNECTION_BYTES_PER_SECOND,
  EXPERT_SHARE,
  S3_CONNECTIONS,
  SELF_DISTILL_SHARE,
} from '../../forecast/assumptions.ts';
import type { Forecast } from '../../forecast/forecast-run.ts';
import type { QuotaUse } from '../../forecast/quotas.ts';
import type { Simulation } from '../../forecast/simulate-run.ts';
import type { BudgetConfig } from '../../schema/config/budget.ts';
import { REFUSED_SHARE } from '../../sizing/asked-models.ts';
import type { RentedInstance } from '../../sizing/rented-instance.ts';
import { describeCalls } from './describe-calls.ts';

/** A forecast as tables for people. */
export function renderForecast({ simulation, assumptions, config: { rl, budget }, shortages }: Forecast): string {
  const { trajectories, seconds, secondsByState, cost, usage, calls, peak, quotas } = simulation;
  const passed = quotas.filter(({ isWithin }) => !isWithin);
  return [
    `${whole(trajectories)} trajectories: ${rl.iterations} iterations of ${whole(rl.promptsPerIteration)} prompts x ${rl.groupSize}, and the diagnosis`,
    '',
    ...table([
      ['time', duration(seconds)],
      [
        'cost',
        `${usd(cost.total)}${describeUnpriced(calls)}; storage ${usd(cost.monthAfter)} in the month after, then ${usd(cost.perMonth)} a month`,
      ],
      ...(budget ? [['budget', describeBudget(budget, simulation)]] : []),
      [
        'of the GPUs',
        `${duration(usage.launchSeconds)} to start instances, ${duration(usage.movingSeconds)} to receive and save weights`,
      ],
      [
        'at once',
        `${peak.rolloutGpus} rollout GPUs, ${peak.trainingGpus} training GPUs, ${peak.functions} Lambda calls`,
      ],
    ]),
    '',
    ...renderCost(simulation, assumptions),
    '',
    ...renderStored(simulation),
    '',
    ...table([['state', 'time'], ...Object.entries(secondsByState).map(([state, each]) => [state, duration(each)])]),
    '',
    ...table([['quota', 'used', 'limit', 'where'], ...quotas.map(quotaRow)]),
    '',
    ...describeAssumptions(assumptions),
    '',
    ...(shortages.length === 0 ? [] : ['Without room on what the stack rents:', ...shortages]),
    ...(passed.length === 0
      ? ['Every quota is kept.']
      : passed.map(({ name, remedy }) => `Over the limit: ${name}. Try ${remedy}.`)),
  ].join('\n');
}

/** Whom the total leaves out. */
function describeUnpriced(calls: Simulation['calls']): string {
  const unpriced = calls.filter((each) => each.usd === undefined).map(({ asker }) => asker);
  return unpriced.length === 0 ? '' : ` without ${unpriced.join(' and ')}, whose price is not known`;
}

/** Whether a run would come to its end; its budget counts no instances that start as hours of jobs. */
function describeBudget(budget: BudgetConfig, { cost, usage }: Simulation): string {
  const { usd = Number.POSITIVE_INFINITY, hours = Number.POSITIVE_INFINITY } = budget;
  const jobSeconds = usage.rolloutGpuSeconds + usage.trainingGpuSeconds - usage.launchSeconds;
  return cost.total > usd || jobSeconds / 3600 > hours ? 'too small: the run would stop at it' : 'enough';
}

/** What the run costs by part, and what that is for. */
function renderCost({ cost, usage, calls }: Simulation, assumptions: Assumptions): string[] {
  const { rolloutHourUsd, trainingHourUsd, instances } = assumptions;
  const hours = (seconds: number, { type, purchase }: RentedInstance, hourUsd: number) =>
    `${whole(seconds / 3600)} h of ${type}, ${purchase} at ${cents(hourUsd)}`;
  const rows: [name: string, usd: number | undefined, what: string][] = [
    ['rollout GPUs', cost.rolloutGpus, hours(usage.rolloutGpuSeconds, instances.rollout, rolloutHourUsd)],
    ['training GPUs', cost.trainingGpus, hours(usage.trainingGpuSeconds, instances.training, trainingHourUsd)],
    ['disks, addresses', cost.disksAndAddresses, 'of these instances'],
    ...calls.map((each): [string, number | undefined, string] => [each.asker, each.usd, describeCalls(each)]),
    ['storage', cost.storage, 'while the run goes on, S3 Standard'],
    ['S3 requests', cost.s3Requests, `${whole(usage.s3Reads)} GET, ${whole(usage.s3Writes)} PUT and LIST`],
    ['KMS requests', cost.kmsRequests, 'of a bucket key'],
    ['Lambda', cost.lambda, `${whole(usage.functionCalls)} calls`],
    ['Step Functions', cost.stepFunctions, `${whole(usage.stateTransitions)} transitions`],
    ['logs', cost.logs, `${(usage.logBytes / 1e9).toFixed(3)} GB`],
  ];
  return alignColumns(
    [
      ['part', 'USD', 'of'],
      ...rows.map(([name, each, what]) => [name, each === undefined ? 'not known' : cents(each), what]),
    ],
    [TEXT, FIGURE, TEXT],
  );
}

/** What lies in the bucket, by kind; what is deleted stays a while, superseded. */
function renderStored({ stored, storedByMonth }: Simulation): string[] {
  const heads = ['stored', 'GB-months of the run', 'of the month after', 'GB that stay'];
  const rows = stored.map(({ kind, version, duringRun, monthAfter, lastingGb }) => [
    version === 'current' ? kind : `${kind}, superseded`,
    ...[duringRun, monthAfter, lastingGb].map(cents),
  ]);
  return [
    ...alignColumns([heads, ...rows], [TEXT, FIGURE]),
    `By month from the start, in GB-months: ${storedByMonth.map(cents).join(', ')}.`,
  ];
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
    `${whole(rolloutTokensPerSecond)} tokens a second sampled and ${whole(trainingTokensPerSecond)} learned from by a GPU, a model of ${gb(assumptions.modelBytes)},`,
    `of which a job leaves ${gb(assumptions.checkpointBytes)} and ${gb(assumptions.momentBytes.rl)} of the optimizer's; weights over ${S3_CONNECTIONS} connections of ${CONNECTION_BYTES_PER_SECOND / 1e6} MB/s.`,
    `Of prompts ${EXPERT_SHARE * 100} % go to the expert and ${SELF_DISTILL_SHARE * 100} % to self-distillation; of an expert's answers ${REFUSED_SHARE * 100} % are asked for again.`,
    'No failure, no reclaimed instance, no wait for capacity or for experts and judges. Prices: us-east-1, src/sizing/prices.ts and model-prices.ts.',
  ];
}

const table = (rows: readonly string[][]) => alignColumns(rows, [TEXT]);
const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const gb = (bytes: number) => `${(bytes / 1e9).toPrecision(3)} GB`;
const cents = (value: number) => value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const usd = (value: number) => `${value.toLocaleString('en-US', { maximumFractionDigits: 2 })} USD`;

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
