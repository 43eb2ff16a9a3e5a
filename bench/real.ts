/**
 * Peak memory, and seconds to the first token, of loading a checkpoint of published size and answering a prompt with an image,
 * beside `transformers` in the same precision. Each answer is a process of its own; the clock starts when both sides' libraries
 * are there. The checkpoint has Qwen2.5-VL-3B's widths and vocabulary, and random weights in bf16.
 *
 *     npm run bench -- real [--shape 0.9B|3B] [--runs 3] [--precision bf16]
 *
 * `--shape 3B` is the whole model: 7.5 GB on the disk, and as much memory for each side in bf16.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { packageRoot } from '../src/base/package-root.ts';
import { qwen25VL } from '../src/engine/models/qwen2_5_vl/index.ts';
import { questionContent } from '../src/engine/processing/question-content.ts';
import type { Precision } from '../src/engine/runtime/rewrites/mixed-precision.ts';
import { folderModelFiles } from '../src/engine/weights/model-files.ts';
import { readModelSettings } from '../src/engine/weights/model-settings.ts';
import { encodePng } from '../src/tasks/encode-png.ts';
import { drawTasks } from '../src/tasks/index.ts';
import { THREADS, warnIfBusy } from './support/machine.ts';
import { writePeerImages } from './support/peer-images.ts';
import { PEER_ENVIRONMENT, pytorchPython } from './support/pytorch.ts';
import { REAL_SHAPES, type RealShape, realCheckpoint } from './support/real-checkpoint.ts';
import { median, printResult, printTable } from './support/report.ts';

const MAX_NEW_TOKENS = 8;

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    shape: { type: 'string', default: '0.9B' },
    runs: { type: 'string', default: '3' },
    precision: { type: 'string', multiple: true, default: ['float32', 'bf16'] },
  },
});

interface Answer {
  loadSeconds: number;
  /** From the start of loading to the first token. */
  firstSeconds: number;
  /** Between two tokens. */
  tokenSeconds: number;
  peakBytes: number;
  tokenIds: number[];
}

interface Sides {
  ours: Answer[];
  theirs: Answer[];
}

if (!Object.hasOwn(REAL_SHAPES, values.shape)) throw new Error(`--shape is ${Object.keys(REAL_SHAPES).join(' or ')}`);
warnIfBusy();
const folder = await realCheckpoint(values.shape as RealShape);
const scratch = mkdtempSync(join(tmpdir(), 'metis-rise-'));
const python = pytorchPython();
const question = await preparePrompt();
const results = new Map<Precision, Sides>();
for (const precision of values.precision as Precision[]) {
  const sides: Sides = { ours: [], theirs: [] };
  for (let at = 0; at < Number(values.runs); at++) {
    sides.ours.push(await answerHere(precision));
    sides.theirs.push(await answerThere(precision));
  }
  results.set(precision, sides);
}
question.images.remove();
rmSync(scratch, { recursive: true });
report();

/** The prompt as both sides take it: as files for ours, as processed here for theirs. */
async function preparePrompt() {
  const [task] = drawTasks({ kind: 'tasks', family: 'charts', tiers: { read: 1 }, seed: 1, split: 'train' });
  const image = join(scratch, 'question.png');
  writeFileSync(image, await encodePng(task.images[0]));
  const processor = qwen25VL.createProcessor(await readModelSettings(folderModelFiles(folder).read), {});
  const prompt = await processor.processPrompt({ content: questionContent(task.question, task.images) });
  const images = writePeerImages([prompt]);
  const peer = { tokenIds: prompt.tokenIds, images: images.of(prompt) };
  return { text: task.question, image, images, peer: JSON.stringify(peer) };
}

function answerHere(precision: Precision): Promise<Answer> {
  return answer(process.execPath, [
    join(packageRoot, 'bench/support/real-generate.ts'),
    ...[folder, question.image, question.text, precision, String(MAX_NEW_TOKENS)],
  ]);
}

function answerThere(precision: Precision): Promise<Answer> {
  return answer(python, [
    join(packageRoot, 'bench/real.py'),
    ...[folder, question.images.file, question.peer, precision, String(MAX_NEW_TOKENS), String(THREADS)],
  ]);
}

async function answer(command: string, args: string[]): Promise<Answer> {
  const { stdout } = await run(command, args, { env: { ...process.env, ...PEER_ENVIRONMENT } });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

function report(): void {
  const rows = [...results].flatMap(([precision, { ours, theirs }]) => {
    const row = (side: string, answers: readonly Answer[]) => [
      `${precision}, ${side}`,
      Math.max(...answers.map(({ peakBytes }) => peakBytes)) / 1e9,
      ...(['loadSeconds', 'firstSeconds', 'tokenSeconds'] as const).map((name) => middle(answers, name)),
      answers[0].tokenIds.join(' '),
    ];
    return [row('ours', ours), row('transformers', theirs)];
  });
  console.log(`${values.shape}, ${THREADS} threads, medians of ${values.runs} alternating runs; the highest peak`);
  printTable(['', 'peak GB', 'load s', 'to first token s', 's a token', 'tokens'], rows);
  const cases = [...results].flatMap(([precision, sides]) => [
    compare(`${values.shape} ${precision} peak`, sides, 'peakBytes', 'bytes'),
    compare(`${values.shape} ${precision} first token`, sides, 'firstSeconds', 's'),
  ]);
  for (const { model, ratio } of cases) console.log(`${model}: ${ratio.toFixed(2)} of transformers'`);
  printResult('real', cases);
}

function compare(model: string, { ours, theirs }: Sides, name: 'peakBytes' | 'firstSeconds', unit: string) {
  const [mine, other] = [middle(ours, name), middle(theirs, name)];
  return { model, ours: mine, theirs: other, ratio: mine / other, unit };
}

function middle(answers: readonly Answer[], name: 'peakBytes' | 'loadSeconds' | 'firstSeconds' | 'tokenSeconds') {
  return median(answers.map((answer) => answer[name]));
}
