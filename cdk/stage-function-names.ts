/** Names of the Lambda stages: each lives in `lambdas/<name>/handler.ts`. */
export const STAGE_FUNCTION_NAMES = [
  'validate-run',
  'plan-iteration',
  'score-trajectories',
  'route-groups',
  'consult-expert',
  'publish-shards',
  'write-report',
  'record-failure',
] as const;
export type StageFunctionName = (typeof STAGE_FUNCTION_NAMES)[number];
