/**
 * Milliseconds to `rise COMMAND --help` of every command, beside a Node that does nothing; each should stay under 200.
 *
 *     npm run bench -- help
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/base/package-root.ts';
import { warnIfBusy } from './support/machine.ts';
import { type BenchCase, median, printCases, RUNS } from './support/report.ts';

const RISE = join(packageRoot, 'bin/rise.js');

const commands = readdirSync(join(packageRoot, 'src/cli/commands')).map((file) => file.replace(/\.ts$/, ''));

warnIfBusy();
printCases('help', [[], ...commands.map((command) => [command]), ['data', 'check']].map(measureHelp));

/** Both take turns, after a first run that leaves the command's code compiled. */
function measureHelp(command: string[]): BenchCase {
  const help = [RISE, ...command, '--help'];
  timeNode(help);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    ours.push(timeNode(help));
    theirs.push(timeNode(['-e', '0']));
  }
  const [rise, node] = [median(ours), median(theirs)];
  const model = ['rise', ...command, '--help'].join(' ');
  return { model, ours: rise, theirs: node, ratio: rise / node, unit: 'ms' };
}

function timeNode(args: string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - started;
}
