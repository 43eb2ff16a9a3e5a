import type { Command } from 'commander';
import { toTerminalText } from '../../base/terminal-text.ts';
import type { PreparedRun } from '../../launch/prepare-run.ts';
import type { BudgetStop } from '../../schema/budget.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import type { RunSummary } from '../../schema/evaluation.ts';
import type { Store } from '../../store/store.ts';
import { type BudgetOptions, budgetOf, STOPPED_BY_BUDGET, withBudgetOptions } from '../options/budget-options.ts';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';
import { stopSignal } from '../stop-signal.ts';
import type { ProgressView } from '../views/progress-view.ts';

interface RunOptions extends BudgetOptions {
  store: string;
  runId?: string;
  seed?: number;
  fresh?: boolean;
  quiet?: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command('run')
    .description('run the whole recipe on this machine: RL, diagnosis, SFT, evaluation; the same command resumes')
    .argument('<config>', 'run config, a YAML file; paths in it are relative to it')
    .option('--store <place>', 'folder or s3://bucket/prefix that keeps models, records and results', '.rise')
    .option('--run-id <id>', 'name of the run; by default the name in the config and a hash of all that goes in')
    .option('--seed <n>', 'instead of the seed in the config', numberOption({ least: 0, isWhole: true }))
    .option('--fresh', 'do all of it anew: take nothing that an earlier run on the store has made of the same')
    .option('--quiet', 'print the report only')
    .option('--json', 'print one event per line; the last is {"kind": "summary", ...}, or {"kind": "stopped", ...}')
    .addHelpText('after', `\nExits ${STOPPED_BY_BUDGET} where the run stops at its budget, to be resumed with more.`);
  withBudgetOptions(command).action(run);
}

async function run(configPath: string, options: RunOptions): Promise<void> {
  const { runRecipe } = await import('../../local/run-recipe.ts');
  const { endModules } = await import('../../modules/stored-module.ts');
  const recipe = runRecipe(
    configPath,
    { ...options, budget: budgetOf(options) },
    stopSignal(),
    async (prepared, warnings) => {
      const view = await createView(prepared, options);
      if (!options.quiet && !options.json) print(`run ${prepared.input.runId} in ${options.store}`);
      for (const warning of warnings) process.stderr.write(`warning: ${toTerminalText(warning)}\n`);
      return view;
    },
  );
  // A reward in a loop would keep the process for as long as a score may take.
  const { runId, store, stopped } = await recipe.finally(endModules);
  if (stopped) await printStop(stopped, configPath, options);
  else await printResult(store, runId, options);
}

async function printStop(stopped: BudgetStop, configPath: string, { json, store, runId }: RunOptions): Promise<void> {
  const { renderBudgetStop } = await import('../views/render-budget.ts');
  const given = [...(store === '.rise' ? [] : ['--store', store]), ...(runId === undefined ? [] : ['--run-id', runId])];
  const command = ['rise run', configPath, ...given].join(' ');
  print(json ? JSON.stringify({ kind: 'stopped', ...stopped }) : `\n${renderBudgetStop(stopped, command)}`);
  process.exitCode = STOPPED_BY_BUDGET;
}

/** What the terminal shows, and what `rise ui` does. */
async function createView({ input, config }: PreparedRun, options: RunOptions): Promise<ProgressView> {
  const [{ createLiveView }, { writeLive }] = await Promise.all([
    import('../views/live-view.ts'),
    import('../../live/live-record.ts'),
  ]);
  const shown = await createShownView(config, options);
  const live = createLiveView(config, writeLive(options.store, input.runId));
  return {
    onEvent(event) {
      shown.onEvent(event);
      live.onEvent(event);
    },
    async close() {
      shown.close();
      await live.close();
    },
  };
}

async function createShownView(config: RunConfig, { quiet, json }: RunOptions): Promise<ProgressView> {
  const views = await import('../views/progress-view.ts');
  if (json) return views.createJsonView((text) => print(text.trimEnd()));
  if (quiet) return views.createQuietView((text) => process.stderr.write(text));
  if (process.stdout.isTTY) return views.createTerminalView(config, process.stdout);
  return views.createLineView(config, (text) => process.stdout.write(text));
}

async function printResult(store: Store, runId: string, { json, store: uri }: RunOptions): Promise<void> {
  const { reportPrefix, sftCheckpointPrefix, summaryKey } = await import('../../schema/keys.ts');
  const summary: RunSummary = JSON.parse((await store.read(summaryKey(runId))).toString('utf8'));
  if (json) {
    print(JSON.stringify({ kind: 'summary', ...summary }));
    return;
  }
  const report = (await store.read(`${reportPrefix(runId)}report.txt`)).toString('utf8');
  print(`\n${report.trimEnd()}\n`);
  const { renderCostText } = await import('../../report/render-cost.ts');
  if (summary.cost) print(`${renderCostText(summary.cost)}\n`);
  print(`report   ${uri}/${reportPrefix(runId)}report.md`);
  print(`summary  ${uri}/${summaryKey(runId)}`);
  print(`model    ${uri}/${sftCheckpointPrefix(runId)}`);
}
