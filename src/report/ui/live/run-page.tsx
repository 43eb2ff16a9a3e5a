import type { LiveUpdate } from '../../../live/live-data.ts';
import type { LiveJob, LiveRun } from '../../../schema/live-run.ts';
import { Curves } from '../overview/curves.tsx';
import { compact, count } from '../parts/format.ts';
import { about, clock } from './clock.ts';
import { aboutCondition, Condition } from './condition.tsx';
import { Log } from './log.tsx';
import { Machine } from './machine.tsx';
import { wordsOf } from './stations.ts';
import { useNow, useRun } from './use-server.ts';

/** A run as it goes: where it is, how fast, how long still, what it said last, its curves. */
export function RunPage({ runId }: { runId: string }) {
  const { data, fault } = useRun(runId);
  const now = useNow();
  return (
    <div class="wide live">
      {fault && (
        <p class="section" role="alert">
          {fault}
        </p>
      )}
      {data && <RunHead update={data} now={now} />}
      {data?.live && (
        <section class="section" aria-label="Where it is">
          <h2 class="only-read">Where it is</h2>
          <Machine live={{ ...data.live, status: data.condition === 'running' ? 'running' : 'stopped' }} now={now} />
          {data.condition === 'running' && data.live.jobs.map((job) => <Job key={job.state} job={job} />)}
        </section>
      )}
      {data?.live && <Log lines={data.live.lines} />}
      {data && <LiveCurves update={data} />}
    </div>
  );
}

function RunHead({ update, now }: { update: LiveUpdate; now: number }) {
  const { runId, condition, because, live, links, hasReport } = update;
  return (
    <header class="run-head">
      <h1 class="mono">{runId}</h1>
      <p class="run-facts" role="status">
        <Condition condition={condition} />
        {live && <Times live={live} isRunning={condition === 'running'} now={now} />}
        {hasReport && <a href={`reports/${encodeURIComponent(runId)}/`}>Report</a>}
        {links.map(({ label, address }) => (
          <a key={address} href={address} rel="noreferrer">
            {label}
          </a>
        ))}
      </p>
      {condition !== 'running' && <p class="muted">{aboutCondition(condition)}</p>}
      {because && <pre class="because">{because}</pre>}
    </header>
  );
}

function Times({ live, isRunning, now }: { live: LiveRun; isRunning: boolean; now: number }) {
  const end = isRunning ? now : Date.parse(live.updatedAt);
  const took = clock(Math.max(0, (end - Date.parse(live.startedAt)) / 1000));
  return (
    <>
      <span>{took}</span>
      {isRunning && live.secondsLeft !== undefined && <span class="left">{about(live.secondsLeft)} left</span>}
    </>
  );
}

function Job({ job: { state, part, done, total, unit, perSecond } }: { job: LiveJob }) {
  const name = part === undefined ? wordsOf(state) : `${wordsOf(state)} ${part.index + 1} of ${part.count}`;
  return (
    <div class="job">
      <p>
        <b>{name}</b>
        <span class="muted">
          {total > 0 ? `${count(done)} of ${count(total)} ${unit}` : unit || 'starting'}
          {perSecond !== undefined && done > 0 && ` \u00b7 ${compact(perSecond)} a second`}
        </span>
      </p>
      <progress max={Math.max(1, total)} value={done} aria-label={`${name}, share done`} />
    </div>
  );
}

function LiveCurves({ update: { runId, curves } }: { update: LiveUpdate }) {
  if (curves.length === 0) return <p class="section muted">Curves appear with the first iteration that is trained.</p>;
  const run = { ...{ runId, state: { kind: 'finished' as const }, facts: [], benchmarks: [], tables: [], config: '' } };
  return <Curves runs={[{ ...run, curves, sources: [] }]} />;
}
