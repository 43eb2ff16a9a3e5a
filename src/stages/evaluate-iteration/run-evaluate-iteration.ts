import { benchmarkVersions, loadMeasuringBenchmark } from '../../benchmarks/index.ts';
import { computeFigures } from '../../benchmarks/policy-figures.ts';
import type { IterationMeasurement } from '../../schema/evaluation.ts';
import { checkpointPrefix, iterationName, recordsKey } from '../../schema/keys.ts';
import type { EvaluateIterationJob } from '../../schema/stage-inputs.ts';
import type { StageConfig } from '../../schema/stages.ts';
import { encodeRecords } from '../../store/records.ts';
import { answerBenchmark, countVerdicts, readSitting } from '../answer-benchmark.ts';
import { beginStage } from '../begin-stage.ts';
import type { JobDeps } from '../job-deps.ts';

/** Measures the policy after an iteration of RL, while the run goes on, by the benchmark that the best is chosen by. */
export async function runEvaluateIteration(deps: JobDeps, input: EvaluateIterationJob): Promise<IterationMeasurement> {
  const { runId, iteration } = input;
  const task = { stage: 'evaluate-iteration', input } as const;
  const versionsOf = (config: StageConfig<'evaluate-iteration'>) => benchmarkVersions([loadMeasuringBenchmark(config)]);
  const work = await beginStage<IterationMeasurement, 'evaluate-iteration'>(deps.store, task, versionsOf);
  if (work.kind === 'done') return work.summary;
  const benchmark = loadMeasuringBenchmark(work.config);
  const sitting = await readSitting(work.store, runId, iterationName(iteration), benchmark);
  const engine = await deps.openPolicy(work, checkpointPrefix(runId, iteration));
  try {
    const records = await answerBenchmark(deps, work, engine, sitting);
    await work.writePart(recordsKey(sitting.prefix), encodeRecords(records), records.length);
    const summary = { ...countVerdicts(records), precision: engine.precision, figures: computeFigures(records) };
    return await work.finish(summary, benchmarkVersions([benchmark]));
  } finally {
    engine[Symbol.dispose]();
  }
}
