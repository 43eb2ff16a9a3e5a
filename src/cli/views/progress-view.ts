import type { RunEvent } from '../../local/local-home.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import {
  formatClock,
  formatEvent,
  formatFailure,
  formatMeasures,
  formatPosition,
  formatTimeLeft,
  formatWarning,
} from './progress-format.ts';
import { followStatus, startStatus } from './progress-status.ts';
import { createTimeLeft } from './progress-time-left.ts';

/** What shows a run while it goes. */
export interface ProgressView {
  onEvent(event: RunEvent): void;
  /** Leaves the screen as a log of what was done. */
  close(): void | Promise<void>;
}

/** Only failures and warnings. */
export function createQuietView(write: (text: string) => void): ProgressView {
  return {
    onEvent: (event) => {
      if (event.kind === 'state-failed') write(`${formatFailure(event)}\n`);
      if (event.kind === 'warning') write(`${formatWarning(event)}\n`);
    },
    close: () => {},
  };
}

/** A view of one line of JSON per event, with its time. */
export function createJsonView(write: (text: string) => void): ProgressView {
  return {
    onEvent: (event) => {
      const { name, message } = 'error' in event ? event.error : {};
      const plain = 'error' in event ? { ...event, error: { name, message } } : event;
      write(`${JSON.stringify({ time: new Date().toISOString(), ...plain })}\n`);
    },
    close: () => {},
  };
}

/** Time between two lines that only say that work goes on. */
const QUIET_MILLISECONDS = 20_000;

/** One line per finished piece of work, and a sign of life in between: for logs. */
export function createLineView(config: RunConfig, write: (text: string) => void): ProgressView {
  const follow = createFollower(config);
  let lastWritten = Date.now();
  const writeLine = (line: string) => {
    lastWritten = Date.now();
    write(`[${formatClock(follow.elapsed())}] ${line}\n`);
  };
  return {
    onEvent(event) {
      const line = follow.event(event);
      if (line) writeLine(line);
      else if (event.kind === 'job-progress' && Date.now() - lastWritten > QUIET_MILLISECONDS) {
        writeLine(follow.lines().join('  '));
      }
    },
    close: () => {},
  };
}

const REDRAW_MILLISECONDS = 200;
const BAR_WIDTH = 24;

/** The same log, with a live status below it: for terminals. */
export function createTerminalView(config: RunConfig, stream: NodeJS.WriteStream): ProgressView {
  const follow = createFollower(config);
  let drawn = 0;
  const clear = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[0J`);
    drawn = 0;
  };
  const draw = () => {
    const lines = follow.lines(BAR_WIDTH).map((line) => line.slice(0, stream.columns - 1));
    clear();
    stream.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const timer = setInterval(draw, REDRAW_MILLISECONDS);
  return {
    onEvent(event) {
      const line = follow.event(event);
      if (!line) return;
      clear();
      stream.write(`[${formatClock(follow.elapsed())}] ${line}\n`);
      draw();
    },
    close() {
      clearInterval(timer);
      clear();
    },
  };
}

/** What both views of a run for people know. */
function createFollower(config: RunConfig) {
  const started = Date.now();
  const timeLeft = createTimeLeft(config);
  let status = startStatus(config);
  const elapsed = () => (Date.now() - started) / 1000;
  return {
    elapsed,
    /** Takes an event in; gives the line to keep, if any. */
    event(event: RunEvent): string | undefined {
      timeLeft.update(event, Date.now());
      status = followStatus(status, event);
      return formatEvent(event, status);
    },
    /** The status now: position, measures, time; with a bar of the given width. */
    lines(barWidth?: number): string[] {
      const left = timeLeft.estimate(Date.now());
      const time = [formatClock(elapsed()), ...(left === undefined ? [] : [formatTimeLeft(left)])];
      const measures = formatMeasures(status);
      const { done, total } = status.progress ?? { done: 0, total: 0 };
      if (barWidth !== undefined && total > 0) measures.unshift(formatBar(done / total, barWidth));
      return [formatPosition(status), ...(measures.length > 0 ? [measures.join(' · ')] : []), time.join(' · ')];
    },
  };
}

function formatBar(share: number, width: number): string {
  const filled = Math.round(Math.min(1, share) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
