import type { Command } from 'commander';

export function registerRoute(program: Command): void {
  program
    .command('route')
    .description('sort scored prompts by pass rate: mastered, self-distill, expert')
    .requiredOption('--scores <dir>', 'folder that `rise score` wrote')
    .option('--out <dir>', 'folder for routes.jsonl; the folder of the scores when absent')
    .action(async (options) => (await import('../../recorded/route-prompts.ts')).routePrompts(options));
}
