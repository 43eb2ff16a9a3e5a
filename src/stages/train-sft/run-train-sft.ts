import { sftVersions } from '../../algorithms/index.ts';
import type { Precision } from '../../engine/open-engine.ts';
import { metricsKey, policyPrefix } from '../../schema/keys.ts';
import type { DiagnosedPolicy } from '../../schema/stage-inputs.ts';
import { encodeRecords } from '../../store/records.ts';
import { beginStage } from '../begin-stage.ts';
import { createUpdateGuard, requireUpdates } from '../guard-updates.ts';
import type { JobDeps } from '../job-deps.ts';
import { updateCounts } from '../step-metrics.ts';
import { readExamples } from './read-examples.ts';
import { createSequenceSource } from './sequence-source.ts';
import { sftTraining, takeSftSteps } from './sft-steps.ts';

export interface TrainSftSummary {
  examples: number;
  epochs: number;
  /** Updates; 0 when there was nothing to learn, and then the weights stay as they were. */
  steps: number;
  /** Loss of the last step. */
  finalLoss?: number;
  precision: Precision;
}

/**
 * SFT from the RL policy's weights on the published shards. A job that was stopped goes on from its last checkpoint, to
 * the same weights bit for bit.
 */
export async function runTrainSft(deps: JobDeps, input: DiagnosedPolicy): Promise<TrainSftSummary> {
  const work = await beginStage<TrainSftSummary, 'train-sft'>(deps.store, { stage: 'train-sft', input }, sftVersions);
  if (work.kind === 'done') return work.summary;
  const { store, config, prefix } = work;
  const { policy } = config;

  const examples = await readExamples(store, input.runId);
  const first = policyPrefix(input.runId, input.policyVersion, policy.model);
  const checkpoints = deps.openCheckpoints(work);
  const start = await checkpoints.findStart(first);
  const engine = await deps.openPolicy(work, start.folder);
  try {
    const training = await engine.train({ ...sftTraining(config, examples.length), state: start.state });
    const settings = {
      taken: start.taken,
      sequenceOf: createSequenceSource(engine, config),
      beforeStep: checkpoints.createStepGate(deps, training),
      afterStep: createUpdateGuard(config.sft.optimizer, (taken) => checkpoints.keepLastGood(first, taken)),
    };
    const steps = requireUpdates(await takeSftSteps(deps, training, config, examples, settings));
    for (const [name, content] of training.files()) await work.writePart(`${prefix}${name}`, content);
    await store.write(metricsKey(prefix), encodeRecords(steps));
    const summary = {
      examples: examples.length,
      epochs: config.sft.epochs,
      steps: updateCounts(steps)['train/updatesApplied'],
      finalLoss: steps.at(-1)?.['loss/sft'],
      precision: engine.precision,
    };
    return await work.finish(summary, sftVersions(config));
  } finally {
    engine[Symbol.dispose]();
  }
}
