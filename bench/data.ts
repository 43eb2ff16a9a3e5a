/**
 * Recorded responses at scale: `rise score`, `route` and `shards`, each a process, with wall time, time of processors and peak
 * memory, beside `webdataset`'s TarWriter.
 *
 *     npm run bench -- data [--responses 1000000] [--order by-prompt|by-model] [--rounds 3] [--folder F]
 *
 * Eight responses to a prompt, of about 350 characters; sixteen small images. The TarWriter is given the samples of our own
 * shards, in memory; ours are counted from the start of the process on, which reads routes, prompts, trajectories and scores.
 * The two take turns; medians of the rounds are compared.
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
import { median, printResult, printTable } from './support/report.ts';

const { values } = parseArgs({
  options: {
    responses: { type: 'string', default: '1000000' },
    order: { type: 'string', default: 'by-prompt' },
    rounds: { type: 'string', default: '3' },
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
  const [score, route] = [await measure(commands.score), await measure(commands.route)];
  const [ours, theirs]: Cost[][] = [[], []];
  for (let round = 0; round < Number(values.rounds); round++) {
    ours.push(await measure(commands.shards));
    theirs.push(...timeTarWriter(shards));
  }
  const samples = readFileSync(join(shards, 'index.jsonl'), 'utf8').split('\n').length - 1;
  const measured = Object.entries({
    score,
    route,
    shards: medianOf(ours),
    ...(theirs[0] && { TarWriter: medianOf(theirs) }),
  });
  const cases = measured.map(([name, cost]) => ({ name, ...cost }));
  printTable(
    ['', 'seconds', 'CPU seconds', 'peak MB', 'responses per second'],
    cases.map(({ name, seconds, cpuSeconds, megabytes }) => [
      name,
      seconds,
      cpuSeconds,
      megabytes,
      responses / seconds,
    ]),
  );
  if (theirs[0]) {
    const [mine, other] = [medianOf(ours), medianOf(theirs)];
    const ratios = [mine.seconds / other.seconds, mine.cpuSeconds / other.cpuSeconds].map((ratio) => ratio.toFixed(2));
    console.log(`\n${samples} samples: shards take ${ratios[0]} of TarWriter's time, ${ratios[1]} of its CPU time`);
  }
  printResult('data', cases);
} finally {
  if (values.folder === undefined) rmSync(folder, { recursive: true });
}

/** What a command takes; its memory is that of its largest process. */
interface Cost {
  seconds: number;
  cpuSeconds: number;
  megabytes: number;
}

function medianOf(costs: readonly Cost[]): Cost {
  const of = (field: keyof Cost) => median(costs.map((cost) => cost[field]));
  return { seconds: of('seconds'), cpuSeconds: of('cpuSeconds'), megabytes: of('megabytes') };
}

/** Runs a command to its end; what it and the processes below it take is sampled from /proc. */
async function measure(args: string[]): Promise<Cost> {
  const started = performance.now();
  const child = spawn(process.execPath, [values.rise, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  let [megabytes, cpuSeconds] = [0, 0];
  const sampling = setInterval(() => {
    const pids = processTree(child.pid!);
    megabytes = Math.max(megabytes, ...pids.map(peakMegabytes));
    cpuSeconds = Math.max(
      cpuSeconds,
      pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0),
    );
  }, 50);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  clearInterval(sampling);
  if (code !== 0) throw new Error(`rise ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, cpuSeconds, megabytes };
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

/** `utime` and `stime`, in ticks of 10 ms: the 14th and 15th fields; the second, a name in brackets, may hold blanks. */
function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

/** Nothing where there is no `webdataset`. */
function timeTarWriter(shards: string): Cost[] {
  const environment = findPythonWith('datasets==5.2.0', 'webdataset==1.0.2', 'pyarrow==26.0.1', 'pillow==13.0.0');
  if ('missing' in environment) {
    console.warn(`without TarWriter, ${environment.missing}`);
    return [];
  }
  const out = join(folder, 'theirs');
  mkdirSync(out, { recursive: true });
  const script = join(packageRoot, 'bench/data.py');
  return [JSON.parse(execFileSync(environment.python, [script, shards, out], { encoding: 'utf8' }))];
}
