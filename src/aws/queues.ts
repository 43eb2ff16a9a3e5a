import type { DeploymentConfig } from '../schema/deployment-config.ts';

/** A queue of GPU jobs as the choices have it. */
export interface ChosenQueue {
  name: 'rollout' | 'training';
  instanceTypes: readonly string[];
  buying: 'spot' | 'onDemand';
  /** Most that the queue runs at once, and what one job takes. */
  maxVcpus: number;
  jobVcpus: number;
}

/** Both queues. */
export const chosenQueues = (choices: DeploymentConfig): ChosenQueue[] => [
  {
    name: 'rollout',
    instanceTypes: choices.rolloutInstanceTypes,
    buying: choices.rolloutSpot ? 'spot' : 'onDemand',
    maxVcpus: choices.rolloutMaxVcpus,
    jobVcpus: choices.rolloutJobVcpus,
  },
  {
    name: 'training',
    instanceTypes: choices.trainingInstanceTypes,
    buying: choices.trainingSpot ? 'spot' : 'onDemand',
    maxVcpus: choices.trainingMaxVcpus,
    jobVcpus: choices.trainingJobVcpus,
  },
];
