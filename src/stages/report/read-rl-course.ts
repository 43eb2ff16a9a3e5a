import { compareAccuracy } from '../../benchmarks/compare-policies.ts';
import { chooseBest } from '../../benchmarks/policy-figures.ts';
import { measuringBenchmark } from '../../schema/config/evaluation.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { EvaluationRecord, type RlCourse } from '../../schema/evaluation.ts';
import { benchmarkPrefix, iterationName, recordsKey } from '../../schema/keys.ts';
import { readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { readMeasurements } from '../read-measurements.ts';

/** How the RL policy came on while it learned; undefined where it was not measured. */
export async function readRlCourse(store: Store, runId: string, config: RunConfig): Promise<RlCourse | undefined> {
  const { duringRl } = config.evaluation;
  const measurements = await readMeasurements(store, runId, config);
  const last = measurements.at(-1);
  if (!duringRl || !last) return undefined;
  const { figure, goesOn } = duringRl;
  const best = chooseBest(measurements, figure)!;
  const benchmark = measuringBenchmark(config.evaluation);
  const recordsOf = (iteration: number) =>
    readRecords(store, recordsKey(benchmarkPrefix(runId, iterationName(iteration), benchmark)), EvaluationRecord);
  return {
    ...{ benchmark, figure, goesOn },
    measured: measurements.map(({ iteration, figures }) => ({ iteration: iteration + 1, ...figures[figure] })),
    best: best.iteration + 1,
    ...(best !== last && {
      bestOverLast: compareAccuracy(await recordsOf(last.iteration), await recordsOf(best.iteration)),
    }),
  };
}
