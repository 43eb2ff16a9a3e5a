import type { Deployment } from '../../aws/deployment.ts';
import { consoleUrl, type StartedRun } from '../../aws/executions.ts';
import type { PublishedImage } from '../../aws/image/publish-image.ts';
import type { StoppedRun } from '../../aws/stop-run.ts';
import { alignColumns, TEXT } from '../../base/table.ts';

/** What is deployed, and what it still needs. */
export function renderDeployment({ bucket, stateMachineArn, workerImages }: Deployment): string {
  const rows = [
    ['bucket', bucket],
    ['state machine', stateMachineArn],
    ['worker images', workerImages],
  ];
  return [...alignColumns(rows, [TEXT]), 'next           rise image, unless it is there; rise doctor --aws'].join('\n');
}

/** The image that is in the repository, and what makes jobs run it. */
export function renderImage({ outcome, image, digest, next }: PublishedImage): string {
  const said = { pushed: 'is pushed', present: 'was there already; a tag names one image for good' }[outcome];
  const command = { start: 'rise start CONFIG --aws', deploy: 'rise deploy, with which jobs run it' }[next];
  return [`${image} ${said}`, `digest  ${digest}, which is kept as the choice imageTag`, `next    ${command}`].join(
    '\n',
  );
}

/** What `rise start` and `rise resume` say. */
export function renderStartedRun({ outcome, execution }: StartedRun, { json }: { json?: boolean }): string {
  const { runId, attempt, arn } = execution;
  const url = consoleUrl(arn);
  if (json) return JSON.stringify({ runId, attempt, outcome, executionArn: arn, consoleUrl: url });
  const said = {
    started: attempt > 1 ? `run ${runId} goes on, attempt ${attempt}` : `run ${runId} has started`,
    running: `run ${runId} is running already, attempt ${attempt}`,
    succeeded: `run ${runId} is done`,
  }[outcome];
  const next = outcome === 'succeeded' ? `rise download ${runId}` : `rise watch ${runId}`;
  return [said, `execution  ${arn}`, `console    ${url}`, `next       ${next}`].join('\n');
}

const STOP_OUTCOMES: Readonly<Record<StoppedRun['outcome'], string>> = {
  stopped: 'is stopped',
  stopping: 'is stopping; rise status tells when it has',
  over: 'had ended before',
};

/** What `rise stop` has done, and how to go on. */
export function renderStoppedRun(runId: string, { outcome, cancelledJobs }: StoppedRun): string {
  return [
    `run ${runId} ${STOP_OUTCOMES[outcome]}`,
    ...cancelledJobs.map((jobId) => `  cancelled job ${jobId}`),
    `next  rise resume ${runId}`,
  ].join('\n');
}
