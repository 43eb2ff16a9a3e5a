import type { Command } from 'commander';
import { print } from '../print.ts';

interface ShowOptions {
  of?: string;
  store: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('show')
    .description('show a prompt of a run: question, gold, each answer with its verdict and why; or list its prompts')
    .argument('<run>', 'run id: a folder in runs/ of the store')
    .argument('[prompt]', 'its id, or the beginning of one; without it, every prompt in a line')
    .option(
      '--of <answers>',
      'diagnosis, the number of an RL iteration, evaluation, or one policy of it: base, rl, rise',
    )
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option('--json', 'print one line: {"runId", "of", "prompt", "answers", "decision"?}, or {"runId", "prompts"}')
    .action(show);
}

async function show(runId: string, promptId: string | undefined, { of, store, json }: ShowOptions): Promise<void> {
  const [{ listPrompts, showPrompt }, { openStore }, views] = await Promise.all([
    import('../../catalog/show-run.ts'),
    import('../../store/open-store.ts'),
    import('../views/render-prompt.ts'),
  ]);
  if (promptId === undefined) {
    const prompts = await listPrompts(openStore(store), runId, of);
    print(json ? JSON.stringify({ runId, prompts }) : views.renderPromptList(prompts, process.stdout.columns ?? 80));
    return;
  }
  const shown = await showPrompt(openStore(store), runId, promptId, of);
  print(json ? JSON.stringify(shown) : views.renderPrompt(shown));
}
