import type { Algorithm } from '../../../src/algorithms/algorithm.ts';
import { grpo } from '../../../src/algorithms/grpo.ts';
import { BUILT_IN_ALGORITHMS } from '../../../src/algorithms/index.ts';
import { sft } from '../../../src/algorithms/sft.ts';
import { createRandom } from '../../../src/base/random.ts';
import { createGradientBuffer } from '../../../src/engine/optim/gradient-buffer.ts';
import { loadBackend } from '../../../src/engine/runtime/backend.ts';
import { createExecutor } from '../../../src/engine/runtime/create-executor.ts';
import type { TrainingSequence } from '../../../src/engine/training/batch.ts';
import { createCompletionPass } from '../../../src/engine/training/completion-pass.ts';
import type { Objective } from '../../../src/engine/training/objective.ts';
import { flattenValues } from '../../../src/engine/training/pass-results.ts';
import { countCompletionTokens } from '../../../src/engine/training/plan-micro-batches.ts';
import { anImage, aPrompt, aTinyModel } from '../../support/tiny-model.ts';

beforeAll(loadBackend);

const random = createRandom(5);
const draw = (count: number, low: number, high: number) =>
  Float32Array.from({ length: count }, () => low + (high - low) * random.next());

const MAX_NEW_TOKENS = 8;

/** The first is cut at the most tokens one may have; the others end before. */
const sequences = [
  { prompt: aPrompt(3, [anImage(4, 6)]), completionIds: [4, 5, 6, 7, 8, 9, 10, 4] },
  { prompt: aPrompt(9), completionIds: [3, 3] },
  { prompt: aPrompt(2, [anImage(2, 2)]), completionIds: [11, 12, 13] },
].map(({ prompt, completionIds }, at) => ({
  prompt,
  completionIds,
  values: {
    sampling: draw(completionIds.length, -4, -3),
    old: draw(completionIds.length, -4, -3),
    reference: draw(completionIds.length, -4, -3),
    advantages: new Float32Array(completionIds.length).fill([0.7, -1.2, 0.4][at]),
  },
}));

/** Loss and gradients of the three sequences, cut as asked for. */
function accumulate(objective: Objective<object>, microBatches: TrainingSequence<object>[][]) {
  const model = aTinyModel();
  const executor = createExecutor('eager');
  const weights = new Map([...model.weights].map(([name, weight]) => [name, executor.adopt(weight)]));
  const gradients = createGradientBuffer(executor, weights);
  const pass = createCompletionPass(model, executor, { variables: model.weights, gradients, objective });
  const tokens = countCompletionTokens(microBatches.flat());
  const normalizer = objective.normalizer({ sequences: 3, tokens });
  const losses = microBatches.map((micro) => pass(micro, flattenValues(micro, undefined), normalizer).loss);
  const numbers = [...weights.keys()].map((name) => [...gradients.value(name).dataSync()]);
  executor.dispose();
  model.dispose();
  return { loss: losses.reduce((a, b) => a + b), numbers: numbers.flat() };
}

const learn = ({ options, create }: Algorithm, chosen: object) =>
  create(options.parse(chosen), { maxNewTokens: MAX_NEW_TOKENS }) as Objective<object>;

const objectives: [string, Objective<object>][] = [
  ['sft', sft],
  ...BUILT_IN_ALGORITHMS.map((algorithm): [string, Objective<object>] => [algorithm.name, learn(algorithm, {})]),
  ['grpo with a KL term', learn(grpo, { klCoefficient: 0.1 })],
];

it.each(objectives)('the gradient of one batch by %s is that of its micro-batches', (_, objective) => {
  const whole = accumulate(objective, [sequences]);
  const parts = accumulate(objective, [sequences.slice(0, 1), sequences.slice(1)]);
  expect(parts.loss).toBeCloseTo(whole.loss, 5);
  expect(Math.max(...whole.numbers.map(Math.abs))).toBeGreaterThan(1e-2);
  const differences = parts.numbers.map((number, at) => Math.abs(number - whole.numbers[at]));
  expect(Math.max(...differences)).toBeLessThan(1e-5);
});
