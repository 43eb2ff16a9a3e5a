import type { Observation } from '../observation.ts';

/** A number as MLflow takes it. */
export interface MlflowMetric {
  key: string;
  value: number;
  /** Unix time in milliseconds. */
  timestamp: number;
  step: number;
}

/** MLflow has no histograms: of values that are spread it is told these. */
const QUANTILES = { p10: 0.1, p50: 0.5, p90: 0.9 };

/** The numbers of some observations. */
export function describeMetrics(observations: readonly Observation[]): MlflowMetric[] {
  return observations.flatMap((observation) => {
    const { step, time } = observation;
    const at = { timestamp: Math.round(time * 1000), step };
    return Object.entries(numbersOf(observation)).map(([name, value]) => ({ key: toKey(name), value, ...at }));
  });
}

function numbersOf(observation: Observation): Readonly<Record<string, number>> {
  if (observation.kind === 'scalars') return observation.values;
  if (observation.kind !== 'histogram' || observation.values.length === 0) return {};
  const ascending = observation.values.toSorted((left, right) => left - right);
  const quantiles = Object.entries(QUANTILES).map(([name, share]) => {
    return [`${observation.tag}/${name}`, ascending[Math.round(share * (ascending.length - 1))]];
  });
  return Object.fromEntries(quantiles);
}

/** Names hold letters, digits and a few signs alone. */
const toKey = (name: string) => name.replace(/[^\w./ -]/g, '_').slice(0, 250);
