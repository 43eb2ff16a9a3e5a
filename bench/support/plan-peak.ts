/**
 * One case of plan.ts in a process of its own, through the engine's door as the stages go: prints the system's figure for its
 * peak of memory, and how long the prompt came out.
 */
import { createLearner } from '../../src/algorithms/index.ts';
import { sft } from '../../src/algorithms/sft.ts';
import { createRandom } from '../../src/base/random.ts';
import { type Engine, openEngine, type Precision } from '../../src/engine/open-engine.ts';
import type { ProcessedPrompt } from '../../src/engine/processing/processor.ts';
import { questionContent } from '../../src/engine/processing/question-content.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import { AdapterConfig } from '../../src/schema/config/adapter.ts';
import { drawTasks } from '../../src/tasks/index.ts';
import { aRunConfig } from '../../test/support/factories.ts';

/** What a case does, and with how much of it at once. */
export interface PeakCase {
  folder: string;
  work: 'rollout' | 'rl' | 'sft';
  precision: Precision;
  /** Decoded together, or of one micro-batch. */
  sequences: number;
  /** At least; a question is repeated until it is as long. */
  promptTokens: number;
  completionTokens: number;
  /** Of a LoRA adapter of all linear layers; without it all weights are trained. */
  adapterRank?: number;
}

export interface Peak {
  peakBytes: number;
  promptTokens: number;
  imageTokens: number;
}

const [json] = process.argv.slice(2);
const { folder, work, precision, sequences, promptTokens, completionTokens, adapterRank }: PeakCase = JSON.parse(json);
const engine = await openEngine(folderModelFiles(folder), {
  engine: 'traced',
  precision,
  adapter: adapterRank === undefined ? undefined : newAdapter(adapterRank),
});
const prompt = await preparePrompt(engine);
if (work === 'rollout') await sample(engine);
else await train(engine, work);
const peak: Peak = {
  peakBytes: process.resourceUsage().maxRSS * 1024,
  promptTokens: prompt.tokenIds.length,
  imageTokens:
    prompt.images.reduce((sum, { gridThw: [frames, rows, columns] }) => sum + frames * rows * columns, 0) / 4,
};
console.log(JSON.stringify(peak));

function newAdapter(rank: number) {
  return { kind: 'new' as const, config: AdapterConfig.parse({ rank }), freezeVisionTower: true, seed: 1 };
}

async function preparePrompt({ processor }: Engine): Promise<ProcessedPrompt> {
  const [task] = drawTasks({ kind: 'tasks', family: 'charts', tiers: { read: 1 }, seed: 1, split: 'train' });
  for (let question = task.question; ; question += ` ${task.question}`) {
    const processed = await processor.processPrompt({ content: questionContent(question, task.images) });
    if (processed.tokenIds.length >= promptTokens) return processed;
  }
}

async function sample(engine: Engine): Promise<void> {
  const settings = { maxNewTokens: completionTokens, temperature: 1, topP: 1, topK: 0, stopTokenIds: [] };
  const requests = Array.from({ length: sequences }, (_, seed) => ({ prompt, seed }));
  await engine.createSampler(sequences).generate(requests, settings);
}

/** Two steps of one micro-batch each, and the checkpoint, piece by piece. */
async function train(engine: Engine, section: 'rl' | 'sft'): Promise<void> {
  const config = aRunConfig();
  const random = createRandom(1);
  const batch = Array.from({ length: sequences }, () => ({
    prompt,
    completionIds: Array.from({ length: completionTokens }, () => random.int(256)),
    values: {
      sampling: new Float32Array(completionTokens).fill(-6),
      advantages: new Float32Array(completionTokens).fill(2 * random.next() - 1),
    },
  }));
  const training = await engine.train({
    objective: section === 'rl' ? createLearner(config) : (sft as ReturnType<typeof createLearner>),
    optimizer: config[section].optimizer,
    freezeVisionTower: true,
    totalSteps: 2,
    microBatchSequences: sequences,
    batches: [batch],
  });
  for (let step = 0; step < 2; step++) training.step(batch);
  for (const files of [training.files(), training.state()]) {
    for (const [, bytes] of files) if (!(bytes instanceof Uint8Array)) for (const _ of bytes);
  }
}
