import type { JobIdentity, RunEvent } from '../../local/local-home.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import type { LiveJob, LiveLine, LiveRun, StateVisit } from '../../schema/live-run.ts';
import { formatEvent } from './progress-format.ts';
import { followStatus, startStatus } from './progress-status.ts';
import { createTimeLeft } from './progress-time-left.ts';
import type { ProgressView } from './progress-view.ts';

/** At most so often, and at least so often while the run lives. */
const LEAST_MILLISECONDS = 1000;
const MOST_MILLISECONDS = 5000;
const LINES = 200;
const LOSSES = 500;

/** A view for `rise ui`, on whichever machine: what is known of the run, written again and again. */
export function createLiveView(config: RunConfig, write: (live: LiveRun) => Promise<void>): ProgressView {
  const live = createLiveFollower(config);
  let writing = Promise.resolve();
  let writtenAt = 0;
  const writeNow = () => {
    writtenAt = Date.now();
    // What shows a run never stops it.
    writing = writing.then(() => write(live.now())).catch(() => {});
  };
  let later: NodeJS.Timeout | undefined;
  const writeSoon = () => {
    later ??= setTimeout(
      () => {
        later = undefined;
        writeNow();
      },
      Math.max(0, writtenAt + LEAST_MILLISECONDS - Date.now()),
    );
  };
  const beat = setInterval(writeSoon, MOST_MILLISECONDS);
  writeNow();
  return {
    onEvent(event) {
      live.event(event);
      writeSoon();
    },
    async close() {
      clearInterval(beat);
      clearTimeout(later);
      live.close();
      writeNow();
      await writing;
    },
  };
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

/** What the events of a run come to. */
export function createLiveFollower(config: RunConfig, clock: () => number = Date.now) {
  const startedAt = iso(clock());
  const timeLeft = createTimeLeft(config);
  const states = new Map<string, StateVisit>();
  const jobs = new Map<string, LiveJob & { since: number }>();
  const lines: LiveLine[] = [];
  let losses: [number, number][] = [];
  let status = startStatus(config);
  let ended: LiveRun['status'] = 'running';
  const nameOf = ({ state, arrayIndex }: JobIdentity) => `${state} ${arrayIndex}`;

  const enter = (state: string) => {
    const visits = (states.get(state)?.visits ?? 0) + 1;
    const iteration = status.iteration === undefined ? {} : { iteration: status.iteration - 1 };
    states.set(state, { state, status: 'running', visits, startedAt: iso(clock()), ...iteration });
  };
  const leave = (state: string, as: 'done' | 'failed') => {
    const visit = states.get(state);
    if (visit && visit.status !== 'failed') states.set(state, { ...visit, status: as, endedAt: iso(clock()) });
    for (const [name, job] of jobs) if (job.state === state) jobs.delete(name);
  };
  const startJob = (event: JobIdentity) => {
    const visit = states.get(event.state);
    if (visit && event.iteration !== undefined) states.set(event.state, { ...visit, iteration: event.iteration });
    const part = event.arraySize > 1 ? { part: { index: event.arrayIndex, count: event.arraySize } } : {};
    const started = { startedAt: iso(clock()), since: clock() };
    jobs.set(nameOf(event), { state: event.state, ...part, done: 0, total: 0, unit: '', ...started });
  };
  const advance = (event: RunEvent & { kind: 'job-progress' }) => {
    const job = jobs.get(nameOf(event));
    const { done, total, unit, metrics = {} } = event.progress;
    if (!job || total === 0) return;
    const seconds = (clock() - job.since) / 1000;
    jobs.set(nameOf(event), { ...job, done, total, unit, ...(seconds > 0 && { perSecond: done / seconds }) });
    const { 'loss/sft': loss, 'train/updatesApplied': applied, 'train/skippedSteps': skipped = 0 } = metrics;
    if (loss !== undefined && applied !== undefined && applied + skipped > 0) losses.push([applied + skipped, loss]);
    if (losses.length > LOSSES) losses = losses.filter((_, at) => at % 2 === 1);
  };

  return {
    event(event: RunEvent): void {
      timeLeft.update(event, clock());
      status = followStatus(status, event);
      if (event.kind === 'state-entered' && event.type !== 'Choice') enter(event.state);
      if (event.kind === 'state-exited') leave(event.state, 'done');
      if (event.kind === 'state-failed') leave(event.state, 'failed');
      // One that is tried again, and goes on, has not failed the run.
      if (event.kind === 'state-failed') ended = 'failed';
      else if (event.kind === 'state-retried') ended = 'running';
      if (event.kind === 'job-started') startJob(event);
      if (event.kind === 'job-progress') advance(event);
      if (event.kind === 'job-finished') jobs.delete(nameOf(event));
      const line = formatEvent(event, status);
      if (line) lines.push({ time: iso(clock()), text: line });
      if (lines.length > LINES) lines.shift();
    },
    /** The run has come to its end, or was stopped. */
    close(): void {
      if (ended === 'running') ended = states.get('Report')?.status === 'done' ? 'done' : 'stopped';
      jobs.clear();
    },
    now(): LiveRun {
      const left = ended === 'running' ? timeLeft.estimate(clock()) : undefined;
      return {
        status: ended,
        startedAt,
        updatedAt: iso(clock()),
        iterations: config.rl.iterations,
        ...(left !== undefined && { secondsLeft: left }),
        states: [...states.values()],
        jobs: [...jobs.values()].map(({ since, ...job }) => job),
        lines: [...lines],
        sftLoss: losses,
      };
    },
  };
}
