import { useEffect, useState } from 'preact/hooks';
import type { LiveUpdate, RunList } from '../../../live/live-data.ts';

/** What a server has said, and whether it still answers. */
export interface Heard<T> {
  data?: T;
  fault?: string;
}

const LOOK_MILLISECONDS = 3000;
const LOST = 'The server does not answer: is rise ui still running?';

/** The list of runs, looked at again and again. */
export function useRunList(): Heard<RunList> {
  const [heard, setHeard] = useState<Heard<RunList>>({});
  useEffect(() => {
    let timer: number | undefined;
    let isWanted = true;
    const look = async () => {
      const next = await fetchRuns();
      if (!isWanted) return;
      setHeard((before) => ({ ...before, fault: undefined, ...next }));
      timer = window.setTimeout(look, LOOK_MILLISECONDS);
    };
    look();
    return () => {
      isWanted = false;
      window.clearTimeout(timer);
    };
  }, []);
  return heard;
}

async function fetchRuns(): Promise<Heard<RunList>> {
  try {
    const response = await fetch('api/runs');
    const body = await response.json();
    return response.ok ? { data: body } : { fault: body.error.message };
  } catch {
    return { fault: LOST };
  }
}

/** A run as it goes. */
export function useRun(runId: string): Heard<LiveUpdate> {
  const [heard, setHeard] = useState<Heard<LiveUpdate>>({});
  useEffect(() => {
    const events = new EventSource(`api/runs/${encodeURIComponent(runId)}/updates`);
    events.onmessage = ({ data }) => setHeard({ data: JSON.parse(data) });
    events.onerror = () => setHeard((before) => ({ ...before, fault: faultOf(events, runId) }));
    return () => events.close();
  }, [runId]);
  return heard;
}

/** A browser tries again by itself, unless it was refused. */
const faultOf = (events: EventSource, runId: string) =>
  events.readyState === EventSource.CLOSED ? `There is no run ${runId} here, or it cannot be read.` : LOST;

/** Now, each second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
