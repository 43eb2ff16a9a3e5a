import type { BenchmarkOverview, RunOverview } from '../../site/report-data.ts';
import { DataTable } from '../parts/data-table.tsx';
import { IntervalPlot } from '../parts/interval-plot.tsx';
import { policyOf } from '../parts/policies.ts';

/** Every benchmark of a run. */
export function Evaluation({ run }: { run: RunOverview }) {
  return (
    <div class="stack">
      {run.benchmarks.map((benchmark) => (
        <BenchmarkFigures key={benchmark.name} benchmark={benchmark} isAlone={run.benchmarks.length === 1} />
      ))}
    </div>
  );
}

function BenchmarkFigures({ benchmark, isAlone }: { benchmark: BenchmarkOverview; isAlone: boolean }) {
  const { title, tables } = benchmark;
  return (
    <article class="stack">
      {!isAlone && <h3>{title}</h3>}
      {categoryTables(benchmark).map((table) => (
        <CategoryPlots key={table} table={table} benchmark={benchmark} />
      ))}
      <details open={isAlone}>
        <summary>All figures as tables</summary>
        <div class="tables">
          {tables.map((table) => (
            <DataTable key={table.title} table={table} />
          ))}
        </div>
      </details>
    </article>
  );
}

const categoryTables = ({ result }: BenchmarkOverview) =>
  Object.keys(Object.values(result.policies)[0]?.categories ?? {});

/** A small plot for each category of a table, with all policies in it. */
function CategoryPlots({ table, benchmark: { result } }: { table: string; benchmark: BenchmarkOverview }) {
  const policies = Object.entries(result.policies);
  const categories = Object.keys(policies[0][1].categories[table]);
  return (
    <div class="plots">
      {categories.map((category) => (
        <figure key={category} class="card">
          <figcaption>
            <h3>
              {category}{' '}
              <span class="muted small">
                {table}, {policies[0][1].categories[table][category].n} prompts
              </span>
            </h3>
          </figcaption>
          <IntervalPlot
            rows={policies.map(([name, { categories: own }]) => {
              const { accuracy, low, high } = own[table][category];
              return { ...policyOf(name), value: accuracy, low, high };
            })}
          />
        </figure>
      ))}
    </div>
  );
}
