import type { RunListing } from '../../../live/live-data.ts';
import { percent } from '../parts/format.ts';
import { addressOf } from '../parts/use-place.ts';
import { Condition } from './condition.tsx';
import { wordsOf } from './stations.ts';
import { useRunList } from './use-server.ts';

const HEADER = ['run', 'condition', 'now', 'started', 'base', 'RL', 'RISE'];
/** Columns of words. */
const TEXTS = ['run', 'condition', 'now'];

/** All runs of the place, the latest first. */
export function RunListPage() {
  const { data, fault } = useRunList();
  return (
    <div class="wide live">
      <section class="section">
        <h1>Runs</h1>
        <p class="muted mono place">{data?.place ?? '\u00a0'}</p>
        {fault && <p role="alert">{fault}</p>}
        {data && data.runs.length === 0 && <Nothing />}
        {data && data.runs.length > 0 && <RunTable runs={data.runs} />}
      </section>
    </div>
  );
}

function Nothing() {
  return (
    <div class="card nothing">
      <p>There is no run here yet. One of 40 seconds:</p>
      <pre>npx rise run examples/tiny.yaml</pre>
      <p class="muted">It appears here by itself.</p>
    </div>
  );
}

function RunTable({ runs }: { runs: readonly RunListing[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll card runs" aria-label="Runs" tabIndex={0}>
      <table class="data">
        <thead>
          <tr>
            {HEADER.map((cell) => (
              <th key={cell} scope="col" class={TEXTS.includes(cell) ? 'text' : ''}>
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map(({ runId, condition, state, startedAt, accuracy = {} }) => (
            <tr key={runId}>
              <th scope="row">
                <a href={addressOf('run', { id: runId })}>{runId}</a>
              </th>
              <td class="text">
                <Condition condition={condition} />
              </td>
              <td class="text">{state ? wordsOf(state) : ''}</td>
              <td>{startedAt ? new Date(startedAt).toLocaleString() : ''}</td>
              {(['base', 'rl', 'rise'] as const).map((policy) => (
                <td key={policy}>{accuracy[policy] === undefined ? '' : percent(accuracy[policy])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
