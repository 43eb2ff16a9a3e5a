import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './chart.css';
import { compact, percent } from './format.ts';
import { colour, useTheme } from './theme.tsx';
import { useWidth } from './use-width.ts';

/** A line of a chart: its values lie over the chart's `x`. */
export interface ChartLine {
  label: string;
  /** One of the theme's colours. */
  colour: string;
  /** Lines of a second run are broken. */
  isDashed?: boolean;
  values: readonly (number | null)[];
}

export interface ChartProps {
  title: string;
  about: string;
  /** Of the horizontal axis. */
  axis: string;
  x: readonly number[];
  lines: readonly ChartLine[];
  format: 'number' | 'percent';
  /** Charts of a name share their cursor. */
  together: string;
}

const HEIGHT = 150;

/** A small chart of lines over steps, with the values at the cursor, and all of them in a table for who cannot see it. */
export function Chart(props: ChartProps) {
  const { title, about, axis, x, lines, format } = props;
  const { element, width } = useWidth<HTMLDivElement>();
  const plot = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [cursor, setCursor] = useState<number | null>(null);
  const shown = cursor ?? x.length - 1;
  useEffect(() => {
    if (!plot.current || width === 0) return;
    const chart = new uPlot(
      chartOptions(props, width, setCursor),
      [[...x], ...lines.map(({ values }) => [...values])],
      plot.current,
    );
    return () => chart.destroy();
  }, [x, lines, width, theme]);
  return (
    <figure class="chart card" ref={element}>
      <figcaption>
        <h3>{title}</h3>
        <p class="muted small">{about}</p>
      </figcaption>
      <ul class="chart-legend">
        {lines.map((line) => (
          <li key={line.label}>
            <i class={line.isDashed ? 'dashed' : ''} style={{ borderColor: `var(--${line.colour})` }} />
            {line.label} <b>{formatValue(line.values[shown], format)}</b>
          </li>
        ))}
        <li class="muted">
          {axis} {x[shown]}
        </li>
      </ul>
      <div ref={plot} role="img" aria-label={describe(props)} />
    </figure>
  );
}

const formatValue = (value: number | null | undefined, format: ChartProps['format']) => {
  if (value === null || value === undefined) return '\u2013';
  return format === 'percent' ? percent(value) : compact(value);
};

/** What a chart shows, in words. */
function describe({ title, axis, x, lines, format }: ChartProps): string {
  const ends = lines.map(({ label, values }) => {
    const present = values.filter((value) => value !== null);
    return `${label} from ${formatValue(present[0], format)} to ${formatValue(present.at(-1), format)}`;
  });
  return `${title} over ${x.length} points of ${axis}: ${ends.join('; ')}`;
}

function chartOptions(
  { lines, format, together, x }: ChartProps,
  width: number,
  setCursor: (index: number | null) => void,
): uPlot.Options {
  const grid = { stroke: colour('line'), width: 1 };
  const axis = { stroke: colour('muted'), ticks: { show: false }, font: '11px ui-sans-serif, system-ui, sans-serif' };
  const isPercent = format === 'percent';
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, sync: { key: together }, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: (_, low, high) => rangeOf(low, high, isPercent) } },
    hooks: { setCursor: [({ cursor: { idx } }) => setCursor(idx ?? null)] },
    axes: [
      { ...axis, grid: { show: false }, size: 24, values: (_, ticks) => ticks.map(String), incrs: STEPS },
      {
        ...axis,
        grid,
        size: 48,
        values: (_, ticks) => ticks.map((tick) => (isPercent ? percent(tick, 0) : compact(tick))),
      },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        stroke: colour(line.colour),
        width: 1.75,
        dash: line.isDashed ? [5, 4] : undefined,
        spanGaps: true,
        points: { show: x.length <= 12, size: 5, fill: colour(line.colour) },
      })),
    ],
  };
}

/** Steps between ticks of iterations and optimizer steps: whole ones. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

/** A little room around the values; percentages that are all zero, or reach a bound, keep to it. */
function rangeOf(low: number | null, high: number | null, isPercent: boolean): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || (isPercent ? 0.01 : 1);
  const least = low >= 0 ? Math.max(0, low - room) : low - room;
  return [least, isPercent ? Math.min(1.0001, high + room) : high + room];
}
