import './interval-plot.css';
import { percent } from './format.ts';

/** A share with its interval, a row of a plot. */
export interface Interval {
  label: string;
  /** One of the theme's colours. */
  colour: string;
  value: number;
  low: number;
  high: number;
}

/** Shares on one scale from 0 to 100%: a dot each, and its interval as a bar. The figures stand beside them. */
export function IntervalPlot({ rows }: { rows: readonly Interval[] }) {
  return (
    <ul class="intervals">
      {rows.map(({ label, colour, value, low, high }) => (
        <li key={label}>
          <span class="interval-label">{label}</span>
          <span class="interval-track" aria-hidden="true">
            <i
              class="interval-bar"
              style={{ left: percent(low), width: percent(high - low), background: `var(--${colour})` }}
            />
            <i class="interval-dot" style={{ left: percent(value), background: `var(--${colour})` }} />
          </span>
          <span class="interval-value">
            {percent(value)}
            <span class="only-read">
              , from {percent(low)} to {percent(high)}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
