/**
 * Trains a checkpoint in a process of its own, whose peak of memory is the system's figure: optimizer steps on random text, then the
 * bytes of the policy's files, which go nowhere.
 */

import { sft } from '../../src/algorithms/sft.ts';
import { createRandom } from '../../src/base/random.ts';
import { openEngine } from '../../src/engine/open-engine.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import { OptimizerConfig } from '../../src/schema/config/optimizer.ts';

const [folder, precision, sequences, tokens, microBatchSequences, steps] = process.argv.slice(2);
const peak = () => process.resourceUsage().maxRSS * 1024;
const random = createRandom(1);
const ids = (length: number) => Array.from({ length }, () => random.int(400));
const batch = Array.from({ length: Number(sequences) }, () => ({
  prompt: { tokenIds: ids(Number(tokens)), images: [] },
  completionIds: ids(Number(tokens)),
}));
const rss = () => process.memoryUsage().rss;
const log = (what: string, more: object = {}) =>
  console.error(
    JSON.stringify({ what, seconds: performance.now() / 1000, peak: peak() / 1e9, rss: rss() / 1e9, ...more }),
  );
const engine = await openEngine(folderModelFiles(folder), { engine: 'traced', precision: precision as Precision });
log('opened');
const training = await engine.train({
  objective: sft,
  optimizer: OptimizerConfig.parse({ learningRate: 1e-5 }),
  freezeVisionTower: true,
  totalSteps: 10,
  microBatchSequences: Number(microBatchSequences),
});
log('training');
for (let step = 0; step < Number(steps); step++) {
  const { loss, gradNorm } = training.step(batch);
  log('step', { loss, gradNorm });
}
let bytes = 0;
for (const [name, contents] of training.files()) {
  if (contents instanceof Uint8Array) continue;
  for (const piece of contents) bytes += piece.byteLength;
  log(name, { bytes });
}
engine[Symbol.dispose]();
