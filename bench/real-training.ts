/**
 * Peak memory and seconds of optimizer steps on a checkpoint of published size: GRPO on an adapter of rank 16 on all linear layers
 * of the decoder, beside `transformers` and `peft` with gradient checkpointing on the same tokens; or SFT of all its weights, ours
 * alone. Each side is a process of its own, and the two take turns.
 *
 *     npm run bench -- real-training [--method lora|full] [--shape 0.9B|3B] [--precision bf16] [--runs 1] [--alone]
 *                                    [--sequences 8] [--tokens 256] [--micro-batch 2] [--steps 2]
 *
 * `--tokens` are those of a prompt, and of a completion; `--alone` leaves the peer out. The checkpoint is real.ts's.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { packageRoot } from '../src/base/package-root.ts';
import { createRandom } from '../src/base/random.ts';
import { THREADS, warnIfBusy } from './support/machine.ts';
import { PEER_ENVIRONMENT, peftPython } from './support/pytorch.ts';
import { type RealShape, realCheckpoint } from './support/real-checkpoint.ts';
import type { RealSequence, RealTrained, RealTraining } from './support/real-train.ts';
import { median, printResult, printTable } from './support/report.ts';

const { values } = parseArgs({
  options: {
    method: { type: 'string', default: 'lora' },
    shape: { type: 'string', default: '0.9B' },
    precision: { type: 'string', default: 'bf16' },
    runs: { type: 'string', default: '1' },
    alone: { type: 'boolean', default: false },
    sequences: { type: 'string', default: '8' },
    tokens: { type: 'string', default: '256' },
    'micro-batch': { type: 'string', default: '2' },
    steps: { type: 'string', default: '2' },
  },
});

warnIfBusy();
const task = {
  folder: await realCheckpoint(values.shape as RealShape),
  precision: values.precision as RealTraining['precision'],
  method: values.method as RealTraining['method'],
  sequences: drawSequences(Number(values.sequences), Number(values.tokens)),
  microBatchSequences: Number(values['micro-batch']),
  steps: Number(values.steps),
} satisfies RealTraining;
const run = promisify(execFile);
const ours: RealTrained[] = [];
const theirs: RealTrained[] = [];
const hasPeer = task.method === 'lora' && !values.alone;
for (let at = 0; at < Number(values.runs); at++) {
  ours.push(await train(process.execPath, [join(packageRoot, 'bench/support/real-train.ts')]));
  if (hasPeer) theirs.push(await train(peftPython(), [join(packageRoot, 'bench/real_training.py'), String(THREADS)]));
}
report();

/** Texts of random tokens, about as likely as a model of random weights finds them; half of them are rewarded. */
function drawSequences(count: number, tokens: number): RealSequence[] {
  const random = createRandom(1);
  const ids = () => Array.from({ length: tokens }, () => random.int(400));
  return Array.from({ length: count }, (_, at) => ({
    promptIds: ids(),
    completionIds: ids(),
    sampling: Array<number>(tokens).fill(-13),
    advantages: Array<number>(tokens).fill(at % 2 === 0 ? 1 : -1),
  }));
}

async function train(command: string, args: string[]): Promise<RealTrained> {
  const env = { ...process.env, ...PEER_ENVIRONMENT };
  const { stdout } = await run(command, [...args, JSON.stringify(task)], { env, maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

function report(): void {
  const row = (side: string, results: readonly RealTrained[]) => [
    side,
    Math.max(...results.map(({ peakBytes }) => peakBytes)) / 1e9,
    median(results.map(({ loadSeconds }) => loadSeconds)),
    median(results.map(({ stepSeconds }) => stepSeconds[0])),
    lastStep(results),
    results[0].losses.map((loss) => loss.toFixed(4)).join(' '),
  ];
  console.log(`${values.method} of ${values.shape}, ${values.precision}, ${THREADS} threads, runs: ${values.runs}`);
  const rows = [row('ours', ours), ...(hasPeer ? [row('peft', theirs)] : [])];
  printTable(['', 'peak GB', 'load s', 'first step s', 'last step s', 'losses'], rows);
  const peak = (results: readonly RealTrained[]) => Math.max(...results.map(({ peakBytes }) => peakBytes));
  const model = `${values.shape} ${values.method} ${values.precision}`;
  const compare = (what: string, mine: number, other: number, unit: string) => {
    return { model: `${model} ${what}`, ours: mine, theirs: other, ratio: mine / other, unit };
  };
  printResult(
    'real-training',
    hasPeer
      ? [compare('peak', peak(ours), peak(theirs), 'bytes'), compare('step', lastStep(ours), lastStep(theirs), 's')]
      : [{ model: `${model} peak`, ours: peak(ours), unit: 'bytes' }],
  );
}

/** Our first step makes the graphs ready. */
function lastStep(results: readonly RealTrained[]): number {
  return median(results.map(({ stepSeconds }) => stepSeconds.at(-1)!));
}
