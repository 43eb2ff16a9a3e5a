import type { Command } from 'commander';
import { refuseRecorded } from '../options/refuse-recorded.ts';
import { print } from '../print.ts';

interface ExplainOptions {
  run?: string;
  store: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('explain')
    .description('walk an SFT example back to its prompt, image, trajectory or expert, rewards, policy and decision')
    .argument('<example>', 'its id: in index.jsonl of sft-shards/, and the name of its files in the tars')
    .option('--run <id>', 'run that it is of; needed where several have one of that id')
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option('--json', 'print one line: {"index", "decision", "prompt", "source", "manifests", ...}, records as stored')
    .action(explain);
}

async function explain(exampleId: string, { run, store, json }: ExplainOptions): Promise<void> {
  refuseRecorded(
    store,
    `the line of decisions.jsonl whose examples have ${exampleId} says why it is one; trajectories.jsonl and ` +
      'scores.jsonl of the scores have what it was made from',
  );
  const [{ explainExample }, { openStore }, { renderExplanation }] = await Promise.all([
    import('../../routing/explain-example.ts'),
    import('../../store/open-store.ts'),
    import('../views/render-explanation.ts'),
  ]);
  const explanation = await explainExample(openStore(store), exampleId, run);
  print(json ? JSON.stringify(explanation) : renderExplanation(explanation));
}
