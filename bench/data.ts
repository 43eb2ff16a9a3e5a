/**
 * Recorded responses at scale: `rise score`, `route` and `shards`, each a process, with wall time and peak memory, beside
 * `webdataset`'s TarWriter.
 *
 *     npm run bench -- data [--responses 1000000] [--order by-prompt|by-model] [--folder F]
 *
 * Eight responses to a prompt, of about 350 characters; sixteen small images. The TarWriter is given the samples of our own
 * shards, in memory; ours are counted from reading routes, prompts, trajectories and scores on.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/base/package-root.ts';
import { findPythonWith } from '../test/support/python-environment.ts';
import { warnIfBusy } from './support/machine.ts';
import { writeRecordedData } from './support/recorded-data.ts';
import { printResult, printTable } from './support/report.ts';

const { values } = parseArgs({
  options: {
    responses: { type: 'string', default: '1000000' },
    order: { type: 'string', default: 'by-prompt' },
    folder: { type: 'string' },
    rise: { type: 'string', default: join(packageRoot, 'bin/rise.js') },
  },
});
const responses = Number(values.responses);
warnIfBusy();

const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'rise-bench-'));
try {
  if (!existsSync(join(folder, 'responses.jsonl'))) {
    await writeRecordedData(folder, responses, values.order === 'by-model' ? 'by model' : 'by prompt');
  }
  const [prompts, file, scored, shards] = ['prompts.jsonl', 'responses.jsonl', 'scored', 'shards'].map((name) =>
    join(folder, name),
  );
  const commands = {
    score: ['score', '--prompts', prompts, '--responses', file, '--out', scored],
    route: ['route', '--scores', scored],
    shards: ['shards', '--scores', scored, '--out', shards],
  };
  const measured = [];
  for (const [name, args] of Object.entries(commands)) measured.push({ name, ...(await measure(args)) });
  const samples = readFileSync(join(shards, 'index.jsonl'), 'utf8').split('\n').length - 1;
  printTable(
    ['', 'seconds', 'peak MB', 'responses per second'],
    measured.map(({ name, seconds, megabytes }) => [name, seconds, megabytes, responses / seconds]),
  );
  const theirs = timeTarWriter(shards);
  const ours = measured[2].seconds;
  console.log(`\n${samples} samples: shards ${ours.toFixed(1)} s, TarWriter ${theirs?.toFixed(1) ?? '-'} s`);
  printResult('data', [...measured, { name: 'TarWriter', seconds: theirs, samples }]);
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true });
}

/** Runs a command to its end; its memory is that of the largest process below it, sampled from /proc. */
async function measure(args: string[]): Promise<{ seconds: number; megabytes: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [values.rise, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  let megabytes = 0;
  const sampling = setInterval(() => {
    megabytes = Math.max(megabytes, ...processTree(child.pid!).map(peakMegabytes));
  }, 100);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(sampling);
  if (code !== 0) throw new Error(`rise ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, megabytes };
}

function processTree(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return [pid, ...children.split(' ').filter(Boolean).map(Number).flatMap(processTree)];
  } catch {
    return [];
  }
}

/** `VmHWM`: the most that was resident so far. */
function peakMegabytes(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function timeTarWriter(shards: string): number | undefined {
  const environment = findPythonWith('datasets==5.2.0', 'webdataset==1.0.2', 'pyarrow==26.0.1', 'pillow==13.0.0');
  if ('missing' in environment) {
    console.warn(`without TarWriter, ${environment.missing}`);
    return undefined;
  }
  const out = join(folder, 'theirs');
  mkdirSync(out, { recursive: true });
  return JSON.parse(
    execFileSync(environment.python, [join(packageRoot, 'bench/data.py'), shards, out], { encoding: 'utf8' }),
  ).seconds;
}
