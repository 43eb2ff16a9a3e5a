import { join } from 'node:path';
import type { Command } from 'commander';
import { print } from '../print.ts';

interface ScoreOptions {
  prompts: string;
  responses: string;
  out: string;
}

export function register(program: Command): void {
  program
    .command('score')
    .description('score recorded responses of other models, and compare with the verdicts they come with')
    .requiredOption('--prompts <path>', 'dataset: a JSONL file, or a folder with one')
    .requiredOption('--responses <file>', 'JSONL of {promptId, response, model?, officialCorrect?}')
    .requiredOption('--out <dir>', 'folder for prompts, images, trajectories, scores and the table of disagreements')
    .action(score);
}

async function score(options: ScoreOptions): Promise<void> {
  const [{ scoreResponses }, { RECORDED_FILES }, { renderModelTable }] = await Promise.all([
    import('../../recorded/score-responses.ts'),
    import('../../recorded/recorded-files.ts'),
    import('../views/render-recorded.ts'),
  ]);
  const { models, disagreements } = await scoreResponses(options);
  print(renderModelTable(models));
  print(`\nscores: ${join(options.out, RECORDED_FILES.scores)}`);
  if (disagreements === undefined) return;
  print(`${disagreements} disagreements: ${join(options.out, RECORDED_FILES.disagreements)}`);
}
