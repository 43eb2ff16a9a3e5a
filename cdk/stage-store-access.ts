import type { StoreAccess } from './constructs/store-access.ts';
import type { StageFunctionName } from './stage-function-names.ts';

const RUNS = 'runs/*';
const TRAJECTORIES = 'trajectories/*';

/** What each Lambda stage reads and writes; `*` spans slashes. */
export const STAGE_FUNCTION_ACCESS: Readonly<Record<StageFunctionName, StoreAccess>> = {
  'validate-run': {
    reads: [RUNS, 'datasets/*', 'images/*'],
    writes: ['runs/*/prompts/*', 'runs/*/started.json', 'images/*'],
  },
  'plan-iteration': { reads: [RUNS], writes: ['runs/*/plan/*'] },
  'score-trajectories': { reads: [RUNS, TRAJECTORIES], writes: ['runs/*/scores/*'] },
  'route-groups': { reads: [RUNS], writes: ['runs/*/routes/*'] },
  'consult-expert': { reads: [RUNS], writes: ['runs/*/expert/*'] },
  'publish-shards': { reads: [RUNS, TRAJECTORIES, 'images/*'], writes: ['runs/*/sft-shards/*'] },
  'write-report': { reads: [RUNS], writes: ['runs/*/report/*', 'runs/*/summary.json'] },
  'record-failure': { reads: [RUNS], writes: ['runs/*/failure.json'] },
};

/** What the GPU worker reads and writes, whichever stage it runs. */
export const GPU_JOB_ACCESS: StoreAccess = {
  reads: [RUNS, TRAJECTORIES, 'models/*', 'images/*'],
  writes: [TRAJECTORIES, 'runs/*/checkpoint/*', 'runs/*/sft/*', 'runs/*/evaluation/*'],
  deletes: ['runs/*/sft/resume/*'],
};
