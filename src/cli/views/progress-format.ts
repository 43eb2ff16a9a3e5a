import { toTerminalText } from '../../base/terminal-text.ts';
import type { RunEvent } from '../../local/local-home.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';
import { partOf, type RunStatus } from './progress-status.ts';

/** `1:05`, `1:02:05`. */
export function formatClock(seconds: number): string {
  const whole = Math.floor(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/** What is left, no finer than it is known. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 90) return `about ${Math.max(10, Math.ceil(seconds / 10) * 10)} s left`;
  if (seconds < 5400) return `about ${Math.round(seconds / 60)} min left`;
  return `about ${(seconds / 3600).toFixed(1)} h left`;
}

/** `iteration 3/12 RolloutShards 2 of 4`, `Evaluate rl`. */
export function formatPosition({ iteration, iterations, state, part }: RunStatus): string {
  const position = iteration === undefined ? [] : [`iteration ${iteration}/${iterations}`];
  if (part)
    position.push(
      state,
      part.job === 'evaluate' ? EVALUATED_POLICIES[part.index].name : `${part.index + 1} of ${part.count}`,
    );
  else position.push(state);
  return position.join(' ');
}

/** Amount, speed and means, those that are known. */
export function formatMeasures(status: RunStatus): string[] {
  const { progress, reward, accuracy } = status;
  const tokensPerSecond = progress?.metrics?.tokensPerSecond ?? progress?.metrics?.['train/tokensPerSecond'];
  return [
    ...(progress ? [`${progress.done}/${progress.total} ${progress.unit}`] : []),
    ...(tokensPerSecond === undefined ? [] : [`${formatCount(tokensPerSecond)} tokens/s`]),
    ...(reward === undefined ? [] : [`reward ${reward.toFixed(3)}`]),
    ...(accuracy === undefined ? [] : [`accuracy ${accuracy.toFixed(3)}`]),
  ];
}

/** One line for an event worth keeping, undefined for the others. `status` is the one after the event. */
export function formatEvent(event: RunEvent, status: RunStatus): string | undefined {
  switch (event.kind) {
    case 'job-finished': {
      const position = formatPosition({ ...status, state: event.state, part: partOf(event) });
      const figures = Object.entries(event.summary).flatMap(formatFigure);
      return [position, formatOrigin(event), ...figures].join('  ');
    }
    case 'state-exited': {
      if (event.type === 'Choice' || event.state === status.endedState || event.seconds < 0.5) return undefined;
      return `${formatPosition({ ...status, state: event.state, part: undefined })}  ${event.seconds.toFixed(1)} s`;
    }
    case 'job-started':
      return event.attempt > 1 ? `${event.state} was stopped and goes on, attempt ${event.attempt}` : undefined;
    case 'state-retried':
      return `${event.state} is tried again (${event.attempt})`;
    case 'state-failed':
      return formatFailure(event);
    case 'warning':
      return formatWarning(event);
    default:
      return undefined;
  }
}

/** How a job came to be done. */
function formatOrigin({ wasDone, takenFrom, seconds }: RunEvent & { kind: 'job-finished' }): string {
  if (takenFrom !== undefined) return `taken from ${takenFrom}`;
  return wasDone ? 'done before' : `${seconds.toFixed(1)} s`;
}

/** A failure in one line; the whole message ends the run. */
export function formatFailure({ state, error }: { state: string; error: Error }): string {
  return toTerminalText(`${state} failed: ${error.name}: ${error.message.split('\n')[0]}`);
}

export const formatWarning = ({ message }: { message: string }) => toTerminalText(`warning: ${message}`);

function formatFigure([name, value]: [string, unknown]): string[] {
  if (name === 'precision' && value !== 'float32') return [`precision ${value}`];
  if (typeof value !== 'number') return [];
  return [`${name} ${Number.isInteger(value) ? formatCount(value) : value.toFixed(3)}`];
}

const formatCount = (value: number) => Math.round(value).toLocaleString('en-US');
