import { LRUCache } from 'lru-cache';
import type { Engine } from '../../engine/open-engine.ts';
import type { ProcessedPrompt, Processor } from '../../engine/processing/processor.ts';
import type { TrainingSequence } from '../../engine/training/batch.ts';
import type { StoredSftExample } from '../../formats/format.ts';
import type { ConfigPart } from '../../schema/config/config-part.ts';
import type { SftExample } from '../../schema/sft-example.ts';
import { processPrompt } from '../process-prompt.ts';

/** The sequence of an example. */
export type SequenceSource = (example: StoredSftExample) => Promise<TrainingSequence>;

/** Pixels of the examples that stay in memory from one epoch to the next. */
const CACHED_BYTES = 2 ** 30;

/** The images of the examples used last are not read and resized again. */
export function createSequenceSource(engine: Engine, config: ConfigPart<'policy.systemPrompt'>): SequenceSource {
  const cache = new LRUCache<StoredSftExample, TrainingSequence>({
    maxSize: CACHED_BYTES,
    sizeCalculation: ({ prompt }) => 1 + prompt.images.reduce((sum, image) => sum + image.pixelValues.byteLength, 0),
  });
  return async (example) => {
    const sequence = cache.get(example) ?? (await readSequence(engine.processor, example, config));
    cache.set(example, sequence);
    return sequence;
  };
}

async function readSequence(
  processor: Processor,
  { example, prompt, images }: StoredSftExample,
  config: ConfigPart<'policy.systemPrompt'>,
): Promise<TrainingSequence> {
  return buildSftSequence(processor, await processPrompt(processor, prompt, images, config), example);
}

/** The completion is the response and the end token: the rest of the conversation is not learned. */
export function buildSftSequence(
  { encode, stopTokenIds }: Processor,
  prompt: ProcessedPrompt,
  { response }: Pick<SftExample, 'response'>,
): TrainingSequence {
  return { prompt, completionIds: [...encode(response), stopTokenIds[0]] };
}
