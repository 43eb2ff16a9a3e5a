/**
 * Our side of real.ts: loads a checkpoint as `rise generate` does and answers one prompt greedily, in a process of its own, whose
 * peak of memory is the system's figure.
 */
import { readFile } from 'node:fs/promises';
import { createSampler } from '../../src/engine/generation/sampler.ts';
import { handOverWeights } from '../../src/engine/models/adopt-weights.ts';
import { loadPolicy } from '../../src/engine/policy.ts';
import { loadBackend } from '../../src/engine/runtime/backend.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';
import { createTracedExecutor } from '../../src/engine/runtime/traced-executor.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';

const [folder, image, question, precision, maxNewTokens] = process.argv.slice(2);
loadBackend();
const started = performance.now();
const { model, processor } = await loadPolicy(folderModelFiles(folder));
const loaded = performance.now();
const content = [
  { type: 'image' as const, image: await readFile(image) },
  { type: 'text' as const, text: question },
];
const prompt = await processor.processPrompt({ content });
const executor = createTracedExecutor(precision as Precision);
handOverWeights(executor, model);
const adopted = performance.now();
const sampler = createSampler(model, executor, 1);
let first: number | undefined;
const settings = { maxNewTokens: Number(maxNewTokens), temperature: 0, topP: 1, topK: 0, stopTokenIds: [] };
const [{ tokenIds }] = await sampler.generate([{ prompt, seed: 0 }], settings, () => {
  first ??= performance.now();
});
const seconds = (from: number, to: number) => (to - from) / 1000;
console.log(
  JSON.stringify({
    loadSeconds: seconds(started, loaded),
    adoptSeconds: seconds(loaded, adopted),
    firstSeconds: seconds(started, first!),
    tokenSeconds: seconds(first!, performance.now()) / (tokenIds.length - 1),
    peakBytes: process.resourceUsage().maxRSS * 1024,
    tokenIds,
  }),
);
