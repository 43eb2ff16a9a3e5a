import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ReportOverview } from '../site/report-data.ts';
import './theme.css';
import { BrowserPage } from './browser/browser-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { Page } from './parts/page.tsx';
import { useData } from './parts/use-data.ts';
import { addressOf, usePlace } from './parts/use-place.ts';

function Report() {
  const overview = useData<ReportOverview>('data/overview');
  const { place, go } = usePlace();
  const isBrowser = place.page === 'trajectories';
  const runs = overview.kind === 'here' ? overview.data.runs : [];
  const about = runs.map(({ runId }) => runId).join(' and ');
  useEffect(() => {
    if (about !== '') document.title = `${isBrowser ? 'Trajectories' : 'Report'} of ${about}`;
  }, [about, isBrowser]);
  const tabs = [
    { label: 'Overview', address: addressOf(''), isCurrent: !isBrowser },
    { label: 'Trajectories', address: addressOf('trajectories'), isCurrent: isBrowser },
  ];
  return (
    <Page about={about} tabs={tabs}>
      {overview.kind === 'failed' && <p class="wide">{overview.because}</p>}
      {overview.kind === 'here' && !isBrowser && <OverviewPage runs={runs} />}
      {overview.kind === 'here' && isBrowser && <BrowserPage {...{ runs, place, go }} />}
    </Page>
  );
}

render(<Report />, document.getElementById('page')!);
