import type { Command } from 'commander';
import { refuseRecorded } from '../options/refuse-recorded.ts';
import { repeated } from '../options/repeated.ts';
import { print } from '../print.ts';

interface WhatIfOptions {
  set: string[];
  store: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('what-if')
    .description('show what other settings would change in what SFT learns; nothing is sampled, trained or asked')
    .argument('<run>', 'run id: a folder in runs/ of the store')
    .requiredOption('--set <path=value>', 'such as diagnosis.selfDistillMin=0.2; may be given again', repeated)
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option('--json', 'print one line: {"routes", "examples": {"before", "after"}, "toAsk", "changes": [...], ...}')
    .addHelpText(
      'after',
      '\nPaths and values are those of the run config: all of diagnosis but prompts, and expert.maxConsultations.',
    )
    .action(whatIfCommand);
}

async function whatIfCommand(runId: string, { set, store, json }: WhatIfOptions): Promise<void> {
  refuseRecorded(
    runId,
    'rise route with other thresholds, and another --out, shows what would change; nothing is sampled by it either',
  );
  const [{ whatIf }, { parseSetting }, { openStore }, { renderWhatIf }] = await Promise.all([
    import('../../routing/what-if.ts'),
    import('../../routing/change-config.ts'),
    import('../../store/open-store.ts'),
    import('../views/render-what-if.ts'),
  ]);
  const answer = await whatIf(openStore(store), runId, set.map(parseSetting));
  print(json ? JSON.stringify(answer) : renderWhatIf(answer));
}
