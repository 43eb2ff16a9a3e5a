import type { ListedExecution } from '../../aws/executions.ts';
import { hasEnded, type Job } from '../../aws/jobs.ts';
import type { ObservedStage, RunStatus } from '../../aws/observe-run.ts';
import { alignColumns, TEXT } from '../../base/table.ts';
import { formatClock } from './progress-format.ts';
import { renderBudgetStop } from './render-budget.ts';

/** Stages that a status shows besides those under way. */
const SHOWN_STAGES = 6;

/** A run as text: its last stages, what they wait for, reward, cost, and the failure if there is one. */
export function renderRun(run: RunStatus, now: number): string {
  const { runId, attempt, status, startedAt, stoppedAt, stages } = run;
  const seconds = ((stoppedAt?.getTime() ?? now) - startedAt.getTime()) / 1000;
  const title = [`run ${runId}`, ...(attempt > 1 ? [`attempt ${attempt}`] : []), status, formatClock(seconds)].join(
    '  ',
  );
  const hidden = Math.max(0, stages.length - SHOWN_STAGES);
  return [
    title,
    ...(hidden > 0 ? [`  ... ${hidden} before`] : []),
    ...stages.slice(hidden).flatMap((stage) => renderStage(run, stage, now)),
    ...renderRewards(run),
    ...renderCost(run),
    ...renderStop(run),
    `console  ${run.consoleUrl}`,
  ].join('\n');
}

/** What happened between two looks at a run, a line each: for logs. */
export function renderChanges(before: RunStatus | undefined, run: RunStatus, now: number): string[] {
  const changed = run.stages.filter((stage, index) => {
    const [then, current] = [before?.stages[index], stage].map((one) => one && changeMarks(one));
    return then !== current;
  });
  const fresh = run.rewards.slice(before?.rewards.length ?? 0);
  return [
    ...changed.flatMap((stage) => renderStage(run, stage, now)),
    ...fresh.map(({ iteration, rewardMean, accuracyMean }) => {
      return `iteration ${iteration + 1}  reward ${rewardMean.toFixed(3)}  accuracy ${accuracyMean.toFixed(3)}`;
    }),
    ...(before?.status === run.status ? [] : [`run ${run.runId}  ${run.status}`, ...renderStop(run)]),
  ];
}

const renderStop = ({ runId, stopped }: RunStatus): string[] =>
  stopped ? [renderBudgetStop(stopped, `rise resume ${runId}`)] : [];

/** Executions as a table, newest first. */
export function renderExecutions(executions: readonly ListedExecution[]): string {
  if (executions.length === 0) return 'no runs here in the last 90 days; rise start begins one';
  const rows = executions.map(({ runId, attempt, status, stopped, startedAt }) => [
    runId,
    `attempt ${attempt}`,
    stopped ? `stopped: ${stopped}` : status,
    startedAt.toISOString(),
  ]);
  return alignColumns(rows, [TEXT, TEXT, { align: 'left', least: 'stopped: budget'.length }, TEXT]).join('\n');
}

/** Times and hours grow at every look; they are no change. */
const changeMarks = ({ state, status, items, jobs, error }: ObservedStage) =>
  JSON.stringify([state, status, items, jobs.map((job) => [job.jobId, job.status, job.children, job.reasons]), error]);

function renderStage({ iterations }: RunStatus, stage: ObservedStage, now: number): string[] {
  const { state, iteration, status, startedAt, endedAt, items, jobs, error } = stage;
  const position = iteration === undefined ? state : `iteration ${iteration + 1}/${iterations ?? '?'} ${state}`;
  const seconds = ((endedAt?.getTime() ?? now) - startedAt.getTime()) / 1000;
  const share = items
    ? [`${items.done}/${items.total} shards${items.failed > 0 ? `, ${items.failed} failed` : ''}`]
    : [];
  return [
    [`  ${position}`, ...(status === 'running' ? [] : [status]), formatClock(seconds), ...share].join('  '),
    ...(status === 'done' ? [] : jobs.flatMap(renderJob)),
    ...(error ? [`    ${error.name}: ${error.message}`] : []),
  ];
}

function renderJob(job: Job): string[] {
  const { jobName, jobId, status, children, reasons } = job;
  const states = children ? Object.entries(children).map(([name, count]) => `${count} ${name}`) : [status];
  const why = hasEnded(job) ? 'because' : 'waits';
  return [`    job ${jobName} ${jobId}  ${states.join(', ')}`, ...reasons.map((reason) => `      ${why}: ${reason}`)];
}

function renderRewards({ rewards }: RunStatus): string[] {
  const [first, last] = [rewards[0], rewards.at(-1)];
  if (!last) return [];
  const from = rewards.length > 1 ? `  (iteration 1: ${first.rewardMean.toFixed(3)})` : '';
  const means = `reward ${last.rewardMean.toFixed(3)}  accuracy ${last.accuracyMean.toFixed(3)}`;
  return [`reward   iteration ${last.iteration + 1}: ${means}${from}`];
}

function renderCost({ cost: { gpuHours, usd, forgottenJobs } }: RunStatus): string[] {
  const money = usd === undefined ? '' : `, about ${usd.toFixed(2)} USD`;
  const forgotten = forgottenJobs > 0 ? `; jobs that Batch no longer knows: ${forgottenJobs}` : '';
  return [`cost     ${gpuHours.toFixed(2)} GPU-hours${money}${forgotten}`];
}
