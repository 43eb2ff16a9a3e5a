import { trainingVersions } from '../../algorithms/index.ts';
import { sft } from '../../algorithms/sft.ts';
import { disposeAfter } from '../../base/dispose-after.ts';
import type { Precision } from '../../engine/open-engine.ts';
import { metricsKey, policyPrefix, sftResumePrefix } from '../../schema/keys.ts';
import type { ExecutionInput } from '../../schema/stage-inputs.ts';
import { encodeRecords, readConfig } from '../../store/records.ts';
import { readStepCount, saveCheckpoint } from '../checkpoint.ts';
import { completeStage } from '../complete-stage.ts';
import { openPolicy } from '../open-policy.ts';
import { createStepGate, deleteFolder, findResumePoint } from '../resume.ts';
import type { JobDeps } from '../stage-deps.ts';
import { readExamples } from './read-examples.ts';
import { createSequenceSource } from './sequence-source.ts';
import { takeSftSteps } from './sft-steps.ts';

export interface TrainSftSummary {
  examples: number;
  epochs: number;
  /** Optimizer steps; 0 when there was nothing to learn, and then the weights stay as they were. */
  steps: number;
  /** Loss of the last step. */
  finalLoss?: number;
  precision: Precision;
}

/**
 * SFT from the RL policy's weights on the published shards. A job that was stopped goes on from its last checkpoint, to
 * the same weights bit for bit.
 */
export async function runTrainSft(deps: JobDeps, input: ExecutionInput): Promise<TrainSftSummary> {
  const { store } = deps;
  const config = await readConfig(store, input.configKey);
  const folder = sftResumePrefix(input.runId);
  const versions = trainingVersions(config, 'sft');
  const summary = await completeStage(
    store,
    { stage: 'train-sft', input, config, versions },
    async (writePart, prefix, store) => {
      const examples = await readExamples(store, input.runId);
      const resumePoint = await findResumePoint(store, folder);
      const policy = resumePoint?.prefix ?? policyPrefix(input.runId, config.rl.iterations, config.policy.model);
      return disposeAfter(await openPolicy({ ...deps, store }, input.runId, config, policy), async (engine) => {
        const { epochs, sequencesPerStep, microBatchSequences, optimizer } = config.sft;
        const training = await engine.train({
          objective: sft,
          optimizer,
          freezeVisionTower: config.policy.freezeVisionTower,
          totalSteps: epochs * Math.ceil(examples.length / sequencesPerStep),
          stepsBefore: resumePoint && (await readStepCount(store, policy)),
          microBatchSequences,
        });
        const steps = await takeSftSteps(deps, training, config, examples, {
          taken: resumePoint?.metrics ?? [],
          sequenceOf: createSequenceSource(engine, config),
          beforeStep: createStepGate(deps, { folder, config, training }),
        });
        await saveCheckpoint(writePart, prefix, training, config.seed);
        await store.write(metricsKey(prefix), encodeRecords(steps));
        return {
          examples: examples.length,
          epochs,
          steps: steps.length,
          finalLoss: steps.at(-1)?.['loss/sft'],
          precision: engine.precision,
        };
      });
    },
  );
  await deleteFolder(store, folder);
  return summary;
}
