import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { packageRoot } from '../base/package-root.ts';
import { endWithOutput } from './closed-output.ts';
import { reportError } from './report-error.ts';

/** A file of `commands/`: options, one call, one print. What it calls it imports inside its action, after parsing. */
interface CommandModule {
  register(program: Command): void;
}

/** Every command, in the order of `rise --help`. */
const COMMANDS: Record<string, () => Promise<CommandModule>> = {
  setup: () => import('./commands/setup.ts'),
  doctor: () => import('./commands/doctor.ts'),
  generate: () => import('./commands/generate.ts'),
  serve: () => import('./commands/serve.ts'),
  merge: () => import('./commands/merge.ts'),
  data: () => import('./commands/data.ts'),
  convert: () => import('./commands/convert.ts'),
  annotate: () => import('./commands/annotate.ts'),
  evaluate: () => import('./commands/evaluate.ts'),
  compare: () => import('./commands/compare.ts'),
  score: () => import('./commands/score.ts'),
  grade: () => import('./commands/grade.ts'),
  route: () => import('./commands/route.ts'),
  shards: () => import('./commands/shards.ts'),
  export: () => import('./commands/export.ts'),
  init: () => import('./commands/init.ts'),
  run: () => import('./commands/run.ts'),
  report: () => import('./commands/report.ts'),
  ui: () => import('./commands/ui.ts'),
  ls: () => import('./commands/ls.ts'),
  show: () => import('./commands/show.ts'),
  rm: () => import('./commands/rm.ts'),
  reward: () => import('./commands/reward.ts'),
  replay: () => import('./commands/replay.ts'),
  'what-if': () => import('./commands/what-if.ts'),
  explain: () => import('./commands/explain.ts'),
  track: () => import('./commands/track.ts'),
  rescore: () => import('./commands/rescore.ts'),
  plan: () => import('./commands/plan.ts'),
  simulate: () => import('./commands/simulate.ts'),
  deploy: () => import('./commands/deploy.ts'),
  image: () => import('./commands/image.ts'),
  start: () => import('./commands/start.ts'),
  status: () => import('./commands/status.ts'),
  watch: () => import('./commands/watch.ts'),
  logs: () => import('./commands/logs.ts'),
  stop: () => import('./commands/stop.ts'),
  resume: () => import('./commands/resume.ts'),
  download: () => import('./commands/download.ts'),
};

const { version, description } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

const program = new Command('rise')
  .description(description)
  .version(version)
  .showHelpAfterError('(add --help for the options)')
  .exitOverride();

endWithOutput();
const [, , first = ''] = process.argv;
const wanted = Object.hasOwn(COMMANDS, first) ? [COMMANDS[first]] : Object.values(COMMANDS);
for (const { register } of await Promise.all(wanted.map((load) => load()))) register(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? usageExitCode(error) : reportError(error, process.argv);
}

/** Commander has already printed its message: help and version are no failure, anything else is wrong usage. */
function usageExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : 2;
}
