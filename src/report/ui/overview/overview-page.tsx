import type { RunOverview } from '../../site/report-data.ts';
import { DataTable } from '../parts/data-table.tsx';
import './overview.css';
import { Cost } from './cost.tsx';
import { Curves } from './curves.tsx';
import { Evaluation } from './evaluation.tsx';
import { FlowFigure } from './flow.tsx';
import { Headline } from './headline.tsx';

/** What a run achieved and how: of two runs each beside the other. */
export function OverviewPage({ runs }: { runs: readonly RunOverview[] }) {
  return (
    <div class="wide">
      {runs.map((run) => (
        <Headline key={run.runId} run={run} />
      ))}
      <RoutingSection runs={runs} />
      <Curves runs={runs} />
      <EvaluationSection runs={runs} />
      <CostSection runs={runs} />
      <RecordSection runs={runs} />
    </div>
  );
}

/** A heading over each run's own part, where there are two. */
function PerRun({
  runs,
  render,
}: {
  runs: readonly RunOverview[];
  render(run: RunOverview, index: number): preact.VNode;
}) {
  if (runs.length === 1) return render(runs[0], 0);
  return (
    <div class="beside">
      {runs.map((run, index) => (
        <div key={run.runId}>
          <h3 class="mono run-name">{run.runId}</h3>
          {render(run, index)}
        </div>
      ))}
    </div>
  );
}

function RoutingSection({ runs }: { runs: readonly RunOverview[] }) {
  if (!runs.some(({ flow }) => flow)) return null;
  return (
    <section class="section" id="routing">
      <h2>Who learns from what</h2>
      <p>
        The RL policy answered every training prompt several times. What it always solves is dropped, what it solves at
        times it teaches itself, what it never solves an expert is asked.
      </p>
      <PerRun
        runs={runs}
        render={(run, index) =>
          run.flow ? <FlowFigure run={run} index={index} flow={run.flow} /> : <NotYet what="a diagnosis" />
        }
      />
    </section>
  );
}

function EvaluationSection({ runs }: { runs: readonly RunOverview[] }) {
  if (!runs.some(({ benchmarks }) => benchmarks.length > 0)) return null;
  return (
    <section class="section" id="evaluation">
      <h2>Evaluation</h2>
      <p>Share of right answers with its 95% interval, by category, and each policy beside the one before it.</p>
      <PerRun runs={runs} render={(run) => <Evaluation run={run} />} />
    </section>
  );
}

function CostSection({ runs }: { runs: readonly RunOverview[] }) {
  if (!runs.some(({ cost }) => cost)) return null;
  return (
    <section class="section" id="cost">
      <h2>Cost by stage</h2>
      <p>Hours of jobs over all their attempts, and what they, judges and experts were paid.</p>
      <PerRun runs={runs} render={(run) => (run.cost ? <Cost cost={run.cost} /> : <NotYet what="a note of a job" />)} />
    </section>
  );
}

function RecordSection({ runs }: { runs: readonly RunOverview[] }) {
  return (
    <section class="section" id="record">
      <h2>For the record</h2>
      <PerRun
        runs={runs}
        render={({ facts, tables, config }) => (
          <div class="stack">
            <dl class="facts">
              {facts.map(([label, text]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
            {tables.length > 0 && (
              <div class="tables">
                {tables.map((table) => (
                  <DataTable key={table.title} table={table} />
                ))}
              </div>
            )}
            <details>
              <summary>The run's config, as stored</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
              <pre class="config card" tabIndex={0}>
                {config}
              </pre>
            </details>
          </div>
        )}
      />
    </section>
  );
}

const NotYet = ({ what }: { what: string }) => <p class="muted">This run has no {what} yet.</p>;
