import { join } from 'node:path';
import type { Command } from 'commander';
import { print } from '../print.ts';

export function register(program: Command): void {
  program
    .command('route')
    .description('sort scored prompts by pass rate: mastered, self-distill, expert')
    .requiredOption('--scores <dir>', 'folder that `rise score` wrote')
    .option('--out <dir>', 'folder for routes.jsonl; the folder of the scores when absent')
    .action(route);
}

async function route({ scores, out = scores }: { scores: string; out?: string }): Promise<void> {
  const [{ routePrompts }, { RECORDED_FILES }, { renderRoutes }] = await Promise.all([
    import('../../recorded/route-prompts.ts'),
    import('../../recorded/recorded-files.ts'),
    import('../views/render-recorded.ts'),
  ]);
  print(renderRoutes(await routePrompts({ scores, out })));
  print(`\nroutes: ${join(out, RECORDED_FILES.routes)}`);
}
