/** What `rise score`, `rise route` and `rise shards` leave in a folder for each other. */
export const RECORDED_FILES = {
  prompts: 'prompts.jsonl',
  trajectories: 'trajectories.jsonl',
  scores: 'scores.jsonl',
  routes: 'routes.jsonl',
  rule: 'rule.json',
  decisions: 'decisions.jsonl',
  disagreements: 'disagreements.md',
  shardIndex: 'index.jsonl',
} as const;
