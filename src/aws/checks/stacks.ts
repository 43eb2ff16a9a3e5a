import type { Check } from './check.ts';

/** Whether both stacks are there. */
export const checkStacks: Check = async ({ deployment, region }) =>
  deployment
    ? [{ name: 'Stacks', value: deployment.stateMachineArn }]
    : [{ name: 'Stacks', value: `not in ${region} of this account`, remedy: 'run rise deploy' }];
