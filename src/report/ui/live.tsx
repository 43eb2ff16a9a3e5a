import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import './theme.css';
import './overview/overview.css';
import './live/live.css';
import { RunListPage } from './live/run-list-page.tsx';
import { RunPage } from './live/run-page.tsx';
import { Page } from './parts/page.tsx';
import { addressOf, usePlace } from './parts/use-place.ts';

function Live() {
  const { place } = usePlace();
  const runId = place.page === 'run' ? place.chosen.id : undefined;
  useEffect(() => {
    document.title = runId === undefined ? 'Runs' : `${runId}, live`;
  }, [runId]);
  const tabs = [
    { label: 'Runs', address: addressOf(''), isCurrent: runId === undefined },
    ...(runId === undefined ? [] : [{ label: 'Live', address: addressOf('run', { id: runId }), isCurrent: true }]),
  ];
  return (
    <Page about={runId ?? ''} tabs={tabs}>
      {runId === undefined ? <RunListPage /> : <RunPage key={runId} runId={runId} />}
    </Page>
  );
}

render(<Live />, document.getElementById('page')!);
