import type { Command } from 'commander';

export function registerScore(program: Command): void {
  program
    .command('score')
    .description('score recorded responses of other models, and compare with the verdicts they come with')
    .requiredOption('--prompts <path>', 'dataset: a JSONL file, or a folder with one')
    .requiredOption('--responses <file>', 'JSONL of {promptId, response, model?, officialCorrect?}')
    .requiredOption('--out <dir>', 'folder for prompts, images, trajectories, scores and the table of disagreements')
    .action(async (options) => (await import('../../recorded/score-responses.ts')).scoreResponses(options));
}
