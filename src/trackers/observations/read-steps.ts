import { metricsKey } from '../../schema/keys.ts';
import { StepMetrics } from '../../stages/step-metrics.ts';
import { readIfPresent } from '../../store/presence.ts';
import { parseRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import type { Observation } from '../observation.ts';

/** The lines of a metrics file; none where it is not there. */
export async function readSteps(store: Store, prefix: string): Promise<StepMetrics[]> {
  const key = metricsKey(prefix);
  const lines = (await readIfPresent(store, key))?.toString('utf8').trimEnd().split('\n') ?? [];
  return lines.map((line, at) => parseRecord(line, `${key}:${at + 1}`, StepMetrics));
}

/** What a line says of the job, and no curve shows. */
const ASIDE = ['iteration', 'job/attempt', 'time/recordedAt'];

/** The time of a line; of runs of the code before, `otherwise`. */
export const timeOf = (line: StepMetrics | undefined, otherwise: number) => line?.['time/recordedAt'] ?? otherwise;

/** The curves of a line of metrics, in a group of their own. */
export function observeLine(group: string, step: number, line: StepMetrics, otherwise: number): Observation {
  const curves = Object.entries(line).filter(([name]) => !ASIDE.includes(name));
  const values = Object.fromEntries(curves.map(([name, value]) => [`${group}/${name}`, value]));
  return { kind: 'scalars', step, time: timeOf(line, otherwise), values };
}

/** The curves of SFT's optimizer steps, from 1. */
export const observeSftStep = (step: StepMetrics, at: number, otherwise: number) =>
  observeLine('sft', at + 1, step, otherwise);
