import { consoleUrl, type StartedRun } from '../../aws/executions.ts';

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
