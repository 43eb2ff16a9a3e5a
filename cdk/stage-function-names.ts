/** Names of the Lambda stages: each lives in `lambdas/<name>/handler.ts`. */
export const STAGE_FUNCTION_NAMES = [
  'validate',
  'plan',
  'score',
  'route',
  'consult-expert',
  'publish',
  'report',
  'record-failure',
] as const;
export type StageFunctionName = (typeof STAGE_FUNCTION_NAMES)[number];
