import type { RunConfig } from '../schema/config/run-config.ts';
import type { ModelShape } from './model-shape.ts';
import type { PromptSize } from './work.ts';

/** What a prompt comes to where the data was not read. */
export const ASSUMED_PROMPT = { textTokens: 512, images: 1 };

/** Tokens of an image as large as the config, else the model's own processor, leaves one. */
export function largestImageTokens(
  { policy }: Pick<RunConfig, 'policy'>,
  { config: { vision } }: ModelShape,
  processorMaxPixels: number,
): number {
  const side = vision.patchSize * vision.mergeSize;
  return Math.floor((policy.maxPixels ?? processorMaxPixels) / side ** 2);
}

/** Tokens of a text, hardly ever fewer than a tokenizer makes of it: prose takes some 4 bytes a token, code and figures 3. */
export const boundTextTokens = (text: string) => Math.ceil(Buffer.byteLength(text) / 3);

/** The largest of several prompts in each respect. */
export function largestOf(sizes: readonly PromptSize[]): PromptSize {
  const most = (field: keyof PromptSize) => sizes.reduce((largest, size) => Math.max(largest, size[field]), 0);
  return { textTokens: most('textTokens'), images: most('images'), tokensPerImage: most('tokensPerImage') };
}
