import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { packageRoot } from '../base/package-root.ts';
import { registerAnnotate } from './commands/annotate.ts';
import { registerData } from './commands/data.ts';
import { registerDeploy } from './commands/deploy.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerDownload } from './commands/download.ts';
import { registerGenerate } from './commands/generate.ts';
import { registerGrade } from './commands/grade.ts';
import { registerLogs } from './commands/logs.ts';
import { registerRescore } from './commands/rescore.ts';
import { registerResume } from './commands/resume.ts';
import { registerRoute } from './commands/route.ts';
import { registerRun } from './commands/run.ts';
import { registerScore } from './commands/score.ts';
import { registerSetup } from './commands/setup.ts';
import { registerShards } from './commands/shards.ts';
import { registerSimulate } from './commands/simulate.ts';
import { registerStart } from './commands/start.ts';
import { registerStatus } from './commands/status.ts';
import { registerStop } from './commands/stop.ts';
import { registerWatch } from './commands/watch.ts';
import { reportError } from './report-error.ts';

const { version, description } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

const program = new Command('rise')
  .description(description)
  .version(version)
  .showHelpAfterError('(add --help for the options)')
  .exitOverride();

// Each command imports what is heavy inside its action, so that `--help` answers at once.
registerSetup(program);
registerDoctor(program);
registerGenerate(program);
registerData(program);
registerAnnotate(program);
registerScore(program);
registerGrade(program);
registerRoute(program);
registerShards(program);
registerRun(program);
registerRescore(program);
registerSimulate(program);
registerDeploy(program);
registerStart(program);
registerStatus(program);
registerWatch(program);
registerLogs(program);
registerStop(program);
registerResume(program);
registerDownload(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? usageExitCode(error) : reportError(error, process.argv);
}

/** Commander has already printed its message: help and version are no failure, anything else is wrong usage. */
function usageExitCode(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : 2;
}
