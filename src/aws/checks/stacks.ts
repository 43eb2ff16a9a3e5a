import type { Check } from './check.ts';

/** Whether both stacks are there, with their outputs. */
export const checkStacks: Check = async ({ deployment, region }) =>
  deployment
    ? [{ name: 'Stacks', value: deployment.stateMachineArn }]
    : [{ name: 'Stacks', value: `not whole in ${region} of this account`, remedy: 'run rise deploy' }];
