import type { BenchmarkOverview, RunOverview, RunState } from '../../site/report-data.ts';
import { count, percent, points, probability } from '../parts/format.ts';
import { policyOf } from '../parts/policies.ts';

const STATES: Record<RunState['kind'], string> = {
  finished: 'finished',
  stopped: 'stopped at its budget',
  failed: 'failed',
  unfinished: 'not finished',
};

/** The result of a run in one glance: each policy's accuracy, its interval, and how far it is above the one before. */
export function Headline({ run }: { run: RunOverview }) {
  const { runId, state, benchmarks } = run;
  return (
    <section class="section headline">
      <p class="muted small">
        <span class={`state state-${state.kind}`}>{STATES[state.kind]}</span> <span class="mono">{runId}</span>
        {state.kind !== 'finished' && <span class="because"> {state.because}</span>}
      </p>
      {benchmarks.length === 0 ? <h1>No policy has been measured yet</h1> : <Results benchmark={benchmarks[0]} />}
    </section>
  );
}

function Results({ benchmark }: { benchmark: BenchmarkOverview }) {
  const policies = Object.entries(benchmark.result.policies);
  const [last, { accuracy, n }] = policies[policies.length - 1];
  return (
    <>
      <h1>
        {sentence(benchmark, policyOf(last).label, accuracy)} <span class="muted">of {count(n)} prompts</span>
      </h1>
      <ol class="results">
        {policies.map(([name, score]) => {
          const { label, colour } = policyOf(name);
          const comparison = benchmark.result.comparisons.find(({ policy }) => policy === name);
          return (
            <li key={name} style={{ '--own': `var(--${colour})` }}>
              <span class="result-label">{label}</span>
              <span class="result-value">{percent(score.accuracy)}</span>
              <span class="result-scale" aria-hidden="true">
                <i style={{ width: percent(score.accuracy) }} />
                <b style={{ left: percent(score.low), width: percent(score.high - score.low) }} />
              </span>
              <span class="muted small">
                95% interval {percent(score.low)} to {percent(score.high)}
              </span>
              {comparison && (
                <span class="small">
                  <b>{points(comparison.difference)} points</b> over {policyOf(comparison.against).label}
                  <span class="muted">
                    , {points(comparison.low)} to {points(comparison.high)}, p {probability(comparison.adjustedP)}
                  </span>
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}

const sentence = ({ title }: BenchmarkOverview, policy: string, accuracy: number) =>
  `${policy === 'base' ? 'The base policy' : policy} answers ${percent(accuracy)} right on ${title},`;
