import { readCurves } from '../report/site/read-curves.ts';
import type { CurveSection } from '../report/site/report-data.ts';
import type { LiveRun } from '../schema/live-run.ts';
import { readStoredConfig } from '../store/records.ts';
import type { LiveUpdate } from './live-data.ts';
import type { LiveSource } from './live-source.ts';

/** An observer of one run, which reads again only what may have changed. */
export function createUpdates(source: LiveSource, runId: string): () => Promise<LiveUpdate> {
  let known: { mark: string; curves: CurveSection[] } | undefined;
  return async () => {
    const observed = await source.observe(runId);
    const { rl } = await readStoredConfig(source.store, runId);
    const mark = markOf(observed.live);
    if (known?.mark !== mark || mark === '') {
      known = { mark, curves: await readCurves(source.store, runId, rl.iterations) };
    }
    const curves = withSftLoss(known.curves, observed.live);
    return { runId, ...observed, curves, hasReport: observed.condition !== 'running' };
  };
}

/** Changes when training has finished something: it writes its metrics then. */
const markOf = (live: LiveRun | undefined) =>
  (live?.states ?? [])
    .filter(({ state, status }) => state.startsWith('Train') && status !== 'running')
    .map(({ state, visits }) => `${state} ${visits}`)
    .concat(live?.status ?? [])
    .join(' ');

/** The loss of an SFT that is under way has no metrics file yet. */
function withSftLoss(curves: readonly CurveSection[], live: LiveRun | undefined): CurveSection[] {
  const losses = live?.sftLoss ?? [];
  if (losses.length === 0 || curves.some(({ title }) => title === 'SFT')) return [...curves];
  const loss = {
    title: 'SFT loss',
    about: 'Mean over the tokens of the responses, as it is trained. It should fall and flatten.',
    format: 'number' as const,
    lines: [{ label: 'loss', values: losses.map(([, value]) => value) }],
  };
  return [...curves, { title: 'SFT', axis: 'optimizer step', x: losses.map(([step]) => step), curves: [loss] }];
}
