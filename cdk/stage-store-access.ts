import type { StoreAccess } from './constructs/store-access.ts';
import type { StageFunctionName } from './stage-function-names.ts';

const RUNS = 'runs/*';
const TRAJECTORIES = 'trajectories/*';
/** Code that these stages run: no stage may write it. */
const REWARDS = 'rewards/*';
/** What judges were asked before, by any run. */
const JUDGEMENTS = 'judgements/*';

/** What each Lambda stage reads and writes; `*` spans slashes. */
export const STAGE_FUNCTION_ACCESS: Readonly<Record<StageFunctionName, StoreAccess>> = {
  validate: {
    reads: [RUNS, REWARDS, 'datasets/*', 'images/*'],
    writes: ['runs/*/prompts/*', 'runs/*/started.json', 'images/*'],
  },
  plan: { reads: [RUNS], writes: ['runs/*/plan/*'] },
  score: {
    reads: [RUNS, TRAJECTORIES, REWARDS, JUDGEMENTS],
    writes: ['runs/*/scores/*', JUDGEMENTS],
    deletes: ['runs/*/scores/*/journal/*'],
  },
  route: { reads: [RUNS], writes: ['runs/*/routes/*'] },
  'consult-expert': { reads: [RUNS], writes: ['runs/*/expert/*'] },
  publish: { reads: [RUNS, TRAJECTORIES, 'images/*'], writes: ['runs/*/sft-shards/*'] },
  report: { reads: [RUNS], writes: ['runs/*/report/*', 'runs/*/summary.json'] },
  'record-failure': { reads: [RUNS], writes: ['runs/*/failure.json'] },
};

/** What the GPU worker reads and writes, whichever stage it runs. */
export const GPU_JOB_ACCESS: StoreAccess = {
  reads: [RUNS, TRAJECTORIES, 'models/*', 'images/*'],
  writes: [
    TRAJECTORIES,
    'runs/*/precision/*',
    'runs/*/checkpoint/*',
    'runs/*/resume/*',
    'runs/*/sft/*',
    'runs/*/evaluation/*',
  ],
  deletes: ['runs/*/resume/*', 'runs/*/parts/*', 'trajectories/*/parts/*'],
};
