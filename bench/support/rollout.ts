import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { deriveSeed } from '../../src/base/seeds.ts';
import type { GenerationRequest } from '../../src/engine/generation/request-queue.ts';
import { createSampler } from '../../src/engine/generation/sampler.ts';
import type { Completion } from '../../src/engine/generation/sequence.ts';
import type { Policy } from '../../src/engine/policy.ts';
import type { ProcessedPrompt } from '../../src/engine/processing/processor.ts';
import { questionContent } from '../../src/engine/processing/question-content.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';
import { createTracedExecutor } from '../../src/engine/runtime/traced-executor.ts';
import { readRunConfig } from '../../src/launch/read-run-config.ts';
import type { RunConfig } from '../../src/schema/config/run-config.ts';
import { drawTasks } from '../../src/tasks/index.ts';

/** The run that benches take a piece of. */
export const readBenchConfig = (): Promise<RunConfig> => readRunConfig(join(packageRoot, 'examples/tiny.yaml'));

/** A question with its image for each prompt, from the run's training tasks: every tier has its share. */
export function drawPrompts({ data }: RunConfig, { processor }: Policy, count: number): Promise<ProcessedPrompt[]> {
  if (data.train.kind !== 'tasks') throw new Error('the example run takes its prompts from a dataset, not from tasks');
  const tasks = drawTasks(data.train).slice(0, count);
  return Promise.all(
    tasks.map(({ images, question }) => processor.processPrompt({ content: questionContent(question, images) })),
  );
}

/** So many requests for each prompt, siblings together, with seeds that no other run has. */
export function requestSiblings(prompts: readonly ProcessedPrompt[], groupSize: number, run = 0): GenerationRequest[] {
  return prompts.flatMap((prompt, at) =>
    Array.from({ length: groupSize }, (_, sibling) => ({ prompt, seed: deriveSeed('bench', run, at, sibling) })),
  );
}

/** Samples as the rollout stage does: as many sequences at once as slots, at the run's temperature. */
export interface BenchSampler {
  sample(requests: readonly GenerationRequest[]): Promise<Completion[]>;
  dispose(): void;
}

export function createBenchSampler(
  { model }: Policy,
  slotCount: number,
  { sampling }: RunConfig,
  stopTokenIds: number[],
  precision: Precision,
): BenchSampler {
  const executor = createTracedExecutor(precision);
  const sampler = createSampler(model, executor, slotCount);
  return {
    sample: (requests) => sampler.generate(requests, { ...sampling, stopTokenIds }),
    dispose: executor.dispose,
  };
}
