import { join } from 'node:path';
import { sft } from '../../src/algorithms/sft.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { createSampler } from '../../src/engine/generation/sampler.ts';
import { loadPolicy, type Policy } from '../../src/engine/policy.ts';
import { questionContent } from '../../src/engine/processing/question-content.ts';
import { createExecutor } from '../../src/engine/runtime/create-executor.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';
import { createTrainer, selectTrainable } from '../../src/engine/training/trainer.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import { gradeAnswer } from '../../src/rewards/index.ts';
import { charts } from '../../src/tasks/charts/charts.ts';
import type { Task } from '../../src/tasks/family.ts';

const STEPS = 16;
const SEQUENCES_PER_STEP = 16;
const HELD_OUT = 64;

const optimizer = {
  learningRate: 1e-3,
  schedule: 'cosine',
  warmupFraction: 0.1,
  maxGradNorm: 1,
  name: 'adamw',
  options: { weightDecay: 0 },
} as const;

/** Sums, which the base model guesses at. */
const drawSums = (split: 'train' | 'evaluation', count: number) =>
  charts.draw({ split, seed: 1, tiers: { sum: count } });

const promptOf = ({ processor }: Policy, { images, question }: Task) =>
  processor.processPrompt({ content: questionContent(question, images) });

const loadRiseTiny = () => loadPolicy(folderModelFiles(join(packageRoot, 'models/rise-tiny')));

/** Trains rise-tiny on worked sums: the loss of the last step, and how many held-out sums are right afterwards. */
async function learnSums(precision: Precision): Promise<{ loss: number; right: number }> {
  const policy = await loadRiseTiny();
  const { model, processor } = policy;
  const sequences = await Promise.all(
    drawSums('train', STEPS * SEQUENCES_PER_STEP).map(async (task) => ({
      prompt: await promptOf(policy, task),
      completionIds: [...processor.encode(task.solution), processor.stopTokenIds[0]],
    })),
  );
  const executor = createExecutor('traced', precision);
  const trainer = createTrainer(model, executor, {
    objective: sft,
    trainable: selectTrainable(model, true),
    optimizer,
    totalSteps: STEPS,
    microBatchSequences: SEQUENCES_PER_STEP,
  });
  let loss = 0;
  for (let step = 0; step < STEPS; step++) {
    const batch = sequences.slice(step * SEQUENCES_PER_STEP, (step + 1) * SEQUENCES_PER_STEP);
    ({ loss } = trainer.step(batch));
  }
  trainer.updateModel();
  executor.dispose();
  const right = await countRight(policy, precision);
  model.dispose();
  return { loss, right };
}

/** Of the held-out sums, answered greedily. */
async function countRight(policy: Policy, precision: Precision): Promise<number> {
  const tasks = drawSums('evaluation', HELD_OUT);
  const requests = await Promise.all(tasks.map(async (task) => ({ prompt: await promptOf(policy, task), seed: 1 })));
  const executor = createExecutor('traced', precision);
  const { processor } = policy;
  const completions = await createSampler(policy.model, executor, HELD_OUT).generate(requests, {
    temperature: 0,
    topP: 1,
    topK: 0,
    maxNewTokens: 48,
    stopTokenIds: processor.stopTokenIds,
  });
  executor.dispose();
  const isRight = (task: Task, at: number) =>
    gradeAnswer({ groundTruth: task.answer }, processor.decode(completions[at].tokenIds, { skipSpecialTokens: true }))
      .verdict === 'correct';
  return tasks.filter(isRight).length;
}

it('training in bf16 reaches the accuracy of training in float32', async () => {
  expect(await countRight(await loadRiseTiny(), 'float32')).toBeLessThan(HELD_OUT / 2);
  const [float32, bf16] = [await learnSums('float32'), await learnSums('bf16')];
  expect(float32.right).toBeGreaterThan(0.9 * HELD_OUT);
  expect(bf16.right).toBeGreaterThanOrEqual(float32.right - 3);
  expect(bf16.loss).not.toBe(float32.loss);
}, 240_000);
