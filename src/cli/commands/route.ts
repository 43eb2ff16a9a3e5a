import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { DecisionRule } from '../../schema/config/diagnosis.ts';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';

interface RouteOptions extends DecisionRule {
  scores: string;
  out?: string;
}

export function register(program: Command): void {
  const share = numberOption({ least: 0, most: 1 });
  program
    .command('route')
    .description('sort scored prompts by pass rate: mastered, self-distill, expert')
    .requiredOption('--scores <dir>', 'folder that `rise score` wrote')
    .option('--out <dir>', 'folder for routes.jsonl; the folder of the scores when absent')
    .option('--self-distill-min <share>', 'a pass rate below it goes to the expert; no success always does', share, 0)
    .option('--mastered-min <share>', 'a pass rate of at least this is mastered', share, 1)
    .addOption(
      new Option('--decide-by <what>', 'what meets them: the pass rate, or its 95% interval (docs/routing.md)')
        .choices(['pass-rate', 'wilson-interval'])
        .default('pass-rate'),
    )
    .action(route);
}

async function route({ scores, out = scores, ...rule }: RouteOptions): Promise<void> {
  const [{ routePrompts }, { RECORDED_FILES }, { renderRoutes }] = await Promise.all([
    import('../../recorded/route-prompts.ts'),
    import('../../recorded/recorded-files.ts'),
    import('../views/render-recorded.ts'),
  ]);
  print(renderRoutes(await routePrompts({ scores, out, rule })));
  print(`\nroutes: ${join(out, RECORDED_FILES.routes)}`);
}
