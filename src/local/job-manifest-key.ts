import {
  checkpointPrefix,
  evaluationPrefix,
  manifestKey,
  sftCheckpointPrefix,
  trajectoriesPrefix,
} from '../schema/keys.ts';
import { EVALUATED_POLICIES, ExecutionInput, type JobName, RolloutJob, TrainRlJob } from '../schema/stage-contracts.ts';

/** Key of the manifest that a job writes last: where it is present, the job has nothing left to do. */
export function jobManifestKey(job: JobName, input: unknown, arrayIndex: number): string {
  return manifestKey(jobPrefix(job, input, arrayIndex));
}

function jobPrefix(job: JobName, input: unknown, arrayIndex: number): string {
  switch (job) {
    case 'rollout': {
      const { runId, rollout } = RolloutJob.parse(input);
      return trajectoriesPrefix(runId, rollout, arrayIndex);
    }
    case 'train-rl': {
      const { runId, iteration } = TrainRlJob.parse(input);
      return checkpointPrefix(runId, iteration);
    }
    case 'train-sft':
      return sftCheckpointPrefix(ExecutionInput.parse(input).runId);
    case 'evaluate':
      return evaluationPrefix(ExecutionInput.parse(input).runId, EVALUATED_POLICIES[arrayIndex]);
  }
}
