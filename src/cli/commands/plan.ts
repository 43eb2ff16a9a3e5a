import type { Command } from 'commander';
import type { PlanOptions } from '../../forecast/plan-run.ts';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';

const count = numberOption({ least: 0, isWhole: true });

export function register(program: Command): void {
  program
    .command('plan')
    .description(
      'what a run takes before anything is paid: parameters, memory by part, which instance types fit, speed, cost',
    )
    .argument('<config>', 'run config, a YAML file; neither weights nor data need be there')
    .option(
      '--model-config <file>',
      'config.json of the model; by default that of policy.model, or of the published one of its name',
    )
    .option('--instance-types <list>', "types that jobs may be given, with commas; by default the stack's", splitList)
    .option('--text-tokens <n>', 'of the longest question with its system prompt; 512 where it is not said', count)
    .option('--images <n>', 'of a prompt, each as large as policy.maxPixels allows; 1 where it is not said', count)
    .option('--prompts <n>', 'training prompts; by default counted in the data', count)
    .option('--evaluation-prompts <n>', 'held-out prompts; by default counted in the data', count)
    .option('--json', 'print one line: all of it')
    .action(plan);
}

const splitList = (text: string) => text.split(',').map((item) => item.trim());

/** Exits 1 when a job of the run fits on none of the instance types. */
async function plan(configPath: string, { json, ...options }: PlanOptions & { json?: boolean }): Promise<void> {
  const [{ planRun }, { renderPlan, planJson }] = await Promise.all([
    import('../../forecast/plan-run.ts'),
    import('../views/render-plan.ts'),
  ]);
  const planned = await planRun(configPath, options);
  print(json ? JSON.stringify(planJson(planned)) : renderPlan(planned));
  if (planned.fits.some(({ kind }) => kind === 'too-large')) process.exitCode = 1;
}
