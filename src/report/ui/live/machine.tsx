import type { LiveRun } from '../../../schema/live-run.ts';
import { clock } from './clock.ts';
import { listSections, type Section, type Station, wordsOf } from './stations.ts';

/** The state machine: what is done, where the run is, what is to come. */
export function Machine({ live, now }: { live: LiveRun; now: number }) {
  return (
    <ol class="machine" aria-label="State machine">
      {listSections(live).map((section) => (
        <MachineSection key={section.title} section={section} live={live} now={now} />
      ))}
    </ol>
  );
}

function MachineSection({ section, live, now }: { section: Section; live: LiveRun; now: number }) {
  const { title, stations } = section;
  const isRunning = stations.some(({ visit }) => visit?.status === 'running');
  return (
    <li class={`machine-section ${isRunning ? 'is-here' : ''}`}>
      <h3>
        {title} {title === 'RL' && <span class="muted loop">{describeLoop(section, live)}</span>}
      </h3>
      <ol>
        {stations.map((station) => (
          <MachineStation
            key={station.name}
            station={station}
            section={title}
            isAlive={live.status === 'running'}
            now={now}
          />
        ))}
      </ol>
    </li>
  );
}

function describeLoop({ stations }: Section, { iterations }: LiveRun): string {
  if (iterations === undefined) return '';
  const reached = Math.max(...stations.map(({ visit }) => visit?.iteration ?? -1)) + 1;
  return `\u21bb ${reached} of ${iterations}`;
}

interface StationProps {
  station: Station;
  section: string;
  isAlive: boolean;
  now: number;
}

const MARKS = { done: '\u2713', running: '\u25b6', failed: '\u2717', waiting: '\u00b7' };

function MachineStation({ station, section, isAlive, now }: StationProps) {
  const { name, visit } = station;
  // Of a run that has ended or is gone, nothing runs.
  const status = visit?.status === 'running' && !isAlive ? 'waiting' : (visit?.status ?? 'waiting');
  const end = visit?.endedAt ? Date.parse(visit.endedAt) : now;
  const seconds = visit && status !== 'waiting' ? Math.max(0, (end - Date.parse(visit.startedAt)) / 1000) : undefined;
  return (
    <li class={`station ${status}`} aria-current={status === 'running' ? 'step' : undefined}>
      <i aria-hidden="true">{MARKS[status]}</i>
      <span>
        {wordsOf(name, section)}
        <span class="only-read">, {status}</span>
      </span>
      <span class="muted small">{seconds === undefined ? '' : clock(seconds)}</span>
    </li>
  );
}
