import { join } from 'node:path';
import { type Completion, type GenerationRequest, generate } from '../../../src/engine/generation/generate.ts';
import type { Policy } from '../../../src/engine/policy.ts';
import type { ProcessedPrompt } from '../../../src/engine/processing/processor.ts';
import { readRunConfig } from '../../../src/local/read-run-config.ts';
import { packageRoot } from '../../../src/package-root.ts';
import type { RunConfig } from '../../../src/schema/run-config.ts';
import { deriveSeed } from '../../../src/schema/seeds.ts';
import { drawTasks } from '../../../src/tasks/index.ts';

/** The run that benches take a piece of. */
export const readBenchConfig = (): Promise<RunConfig> => readRunConfig(join(packageRoot, 'examples/tiny.yaml'));

/** A question with its image for each prompt, from the run's training tasks: every tier has its share. */
export function drawPrompts({ data }: RunConfig, { processor }: Policy, count: number): Promise<ProcessedPrompt[]> {
  if (data.train.kind !== 'tasks') throw new Error('the example run takes its prompts from a dataset, not from tasks');
  const tasks = drawTasks(data.train).slice(0, count);
  return Promise.all(
    tasks.map(({ image, question }) =>
      processor.processPrompt({
        content: [
          { type: 'image', image },
          { type: 'text', text: question },
        ],
      }),
    ),
  );
}

/** So many requests for each prompt, siblings together, with seeds that no other run has. */
export function requestSiblings(prompts: readonly ProcessedPrompt[], groupSize: number, run = 0): GenerationRequest[] {
  return prompts.flatMap((prompt, at) =>
    Array.from({ length: groupSize }, (_, sibling) => ({ prompt, seed: deriveSeed('bench', run, at, sibling) })),
  );
}

/** Samples as the rollout stage does: all requests in one batch, at the run's temperature. */
export function sampleCompletions(
  { model }: Policy,
  requests: readonly GenerationRequest[],
  { sampling }: RunConfig,
  stopTokenIds: number[],
): Completion[] {
  return generate(model, requests, { ...sampling, stopTokenIds });
}
