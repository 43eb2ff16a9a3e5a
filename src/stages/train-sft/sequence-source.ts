import { LRUCache } from 'lru-cache';
import type { Engine } from '../../engine/open-engine.ts';
import type { TrainingSequence } from '../../engine/training/batch.ts';
import type { StoredSftExample } from '../../formats/format.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import { processPrompt } from '../process-prompt.ts';

/** The sequence of an example. */
export type SequenceSource = (example: StoredSftExample) => Promise<TrainingSequence>;

/** Pixels of the examples that stay in memory from one epoch to the next. */
const CACHED_BYTES = 2 ** 30;

/** The images of the examples used last are not read and resized again. */
export function createSequenceSource(engine: Engine, config: RunConfig): SequenceSource {
  const cache = new LRUCache<StoredSftExample, TrainingSequence>({
    maxSize: CACHED_BYTES,
    sizeCalculation: ({ prompt }) => 1 + prompt.images.reduce((sum, image) => sum + image.pixelValues.byteLength, 0),
  });
  return async (example) => {
    const sequence = cache.get(example) ?? (await buildSequence(engine, example, config));
    cache.set(example, sequence);
    return sequence;
  };
}

/** The completion is the response and the end token: the rest of the conversation is not learned. */
async function buildSequence(
  { processor }: Engine,
  { example, prompt, images }: StoredSftExample,
  config: RunConfig,
): Promise<TrainingSequence> {
  return {
    prompt: await processPrompt(processor, prompt, images, config),
    completionIds: [...processor.encode(example.response), processor.stopTokenIds[0]],
  };
}
