import type { RunConfig } from '../schema/config/run-config.ts';
import type { ImageSize } from '../schema/image-limits.ts';
import type { PlannedModel } from './planned-model.ts';
import type { PromptSize } from './work.ts';

/** What a prompt comes to where the data was not read: a question, and one image as large as there may be. */
export function assumedPrompt(
  config: Pick<RunConfig, 'policy'>,
  model: PlannedModel,
  { textTokens = 512, images = 1 }: Partial<Pick<PromptSize, 'textTokens' | 'images'>> = {},
): PromptSize {
  return { textTokens, images, tokensPerImage: largestImageTokens(config, model) };
}

/** Tokens of the template around a question. */
const TEMPLATE_TOKENS = 32;

/** What of a prompt says how long it is. */
export interface AskedPrompt {
  question: string;
  images: readonly ImageSize[];
}

/** The most of each that any prompt has. */
export function measurePrompts(
  prompts: readonly AskedPrompt[],
  { policy }: Pick<RunConfig, 'policy'>,
  model: PlannedModel,
): PromptSize {
  const most = (numbers: readonly number[]) => numbers.reduce((largest, number) => Math.max(largest, number), 0);
  const text = most(prompts.map(({ question }) => Buffer.byteLength(question)));
  const images = prompts.flatMap((prompt) => prompt.images.map((image) => boundImageTokens(image, { policy }, model)));
  return {
    textTokens: boundTextTokens(text + Buffer.byteLength(policy.systemPrompt ?? '')) + TEMPLATE_TOKENS,
    images: most(prompts.map((prompt) => prompt.images.length)),
    tokensPerImage: most(images),
  };
}

/** Hardly ever fewer than a tokenizer makes of so many bytes: prose takes some 4 a token, code and figures 3. */
const boundTextTokens = (bytes: number) => Math.ceil(bytes / 3);

/** Tokens of an image as large as the config, else the model's own processor, leaves one. */
function largestImageTokens({ policy }: Pick<RunConfig, 'policy'>, { shape, maxPixels }: PlannedModel): number {
  return Math.max(1, Math.floor((policy.maxPixels ?? maxPixels) / tokenPixels(shape)));
}

function boundImageTokens(
  { width, height }: ImageSize,
  config: Pick<RunConfig, 'policy'>,
  model: PlannedModel,
): number {
  const pixels = tokenPixels(model.shape);
  const side = Math.sqrt(pixels);
  const least = Math.ceil((config.policy.minPixels ?? model.minPixels) / pixels);
  const own = Math.ceil(width / side) * Math.ceil(height / side);
  return Math.min(largestImageTokens(config, model), Math.max(own, least));
}

const tokenPixels = ({ config: { vision } }: PlannedModel['shape']) => (vision.patchSize * vision.mergeSize) ** 2;
