import type { RawImage } from '../../base/raw-image.ts';
import { decodeImage } from '../../images/decode-image.ts';
import { InvalidInputError, UnsupportedModelError } from '../../schema/errors.ts';
import type { ModelSettings } from '../weights/model-settings.ts';
import { type ChatMessage, createChatTemplate } from './chat-template.ts';
import { type GenerationDefaults, readGenerationDefaults } from './generation-defaults.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

/** A piece of a user message: text, or an image as a file's bytes or as decoded pixels. */
export type ContentPart = { type: 'text'; text: string } | { type: 'image'; image: Uint8Array | RawImage };

/** One user message, with an optional system message before it. */
export interface PromptMessage {
  system?: string;
  content: ContentPart[];
}

/** A message of a conversation: text, or pieces in their order. */
export interface Turn {
  role: 'system' | 'user' | 'assistant';
  content: string | ContentPart[];
}

/** An image as a vision tower takes it. */
export interface ProcessedImage {
  /** `[patches, channels * temporalPatchSize * patchSize * patchSize]`, row-major; patches of a merge block adjoin. */
  pixelValues: Float32Array;
  /** Patches in time, height and width, before merging. */
  gridThw: [number, number, number];
}

/** A prompt as the model takes it: one image token per merged patch, in the order of `images`. */
export interface ProcessedPrompt {
  tokenIds: number[];
  images: ProcessedImage[];
}

/** Text and images to a model's inputs, and its output tokens to text. */
export interface Processor extends Readonly<GenerationDefaults> {
  /** Renders the chat template up to the assistant's turn. Throws `InvalidInputError` on an image it cannot take. */
  processPrompt(message: PromptMessage): Promise<ProcessedPrompt>;
  /** As `processPrompt`, for a conversation up to the assistant's next turn. */
  processConversation(turns: readonly Turn[]): Promise<ProcessedPrompt>;
  /** Token ids of a text; special tokens written in it are recognised, none are added. */
  encode(text: string): number[];
  decode(tokenIds: readonly number[], options: { skipSpecialTokens: boolean }): string;
}

/** Bounds on the pixels of an image after resizing, in place of a checkpoint's own. */
export interface PixelLimits {
  minPixels?: number;
  maxPixels?: number;
}

/** Pixels to patches, as one architecture takes them. */
export interface ImageProcessor {
  /** @throws InvalidInputError (calling the image `name`) for one too large, too narrow or of the wrong length */
  process(image: RawImage, name: string): ProcessedImage;
  /** Image tokens the language model sees for a grid: one per merged block of patches. */
  tokenCount(gridThw: readonly [number, number, number]): number;
}

/** What a model's config says of the tokens it takes. */
export interface ModelTokens {
  /** Stands for an image. */
  imageTokenId: number;
  /** Ids are below it. */
  vocabSize: number;
}

/**
 * Joins an architecture's image processor to the tokenizer and chat template of a checkpoint.
 * Throws `UnsupportedModelError` where the checkpoint lacks one of them, or an end token, or they don't fit the model.
 */
export function createProcessor(
  settings: ModelSettings,
  imageProcessor: ImageProcessor,
  modelTokens: ModelTokens,
): Processor {
  const tokenizer = createTokenizer(settings);
  const template = createChatTemplate(settings, tokenizer.specialTokens);
  checkImageToken(tokenizer, modelTokens);
  const processConversation: Processor['processConversation'] = async (turns) => {
    const textIds = checkVocabulary(tokenizer.encode(template.render(turns.map(toChatMessage))), modelTokens);
    const given = turns.flatMap(({ content }) => (typeof content === 'string' ? [] : content)).flatMap(imageOf);
    checkPlaceholders(textIds, given.length, tokenizer);
    const images = await processImages(given, imageProcessor);
    return { tokenIds: expandImageTokens(textIds, images, tokenizer.imageTokenId, imageProcessor), images };
  };
  return {
    processPrompt: ({ system, content }) =>
      processConversation([
        ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
        { role: 'user', content },
      ]),
    processConversation,
    encode: tokenizer.encode,
    decode: tokenizer.decode,
    ...readGenerationDefaults(settings, tokenizer.eosTokenId),
  };
}

function checkImageToken({ imageTokenId }: Tokenizer, model: ModelTokens): void {
  if (imageTokenId === model.imageTokenId) return;
  throw new UnsupportedModelError(
    `tokenizer.json gives the image token the id ${imageTokenId}, config.json ${model.imageTokenId} (image_token_id); ` +
      'give both files of one checkpoint',
  );
}

function checkVocabulary(tokenIds: number[], { vocabSize }: ModelTokens): number[] {
  const outside = tokenIds.find((id) => id >= vocabSize);
  if (outside === undefined) return tokenIds;
  throw new UnsupportedModelError(
    `tokenizer.json makes token ${outside} of the prompt, past the ${vocabSize} of config.json (vocab_size); ` +
      'give both files of one checkpoint',
  );
}

function toChatMessage({ role, content }: Turn): ChatMessage {
  if (typeof content === 'string') return { role, content };
  return { role, content: content.map((part) => (part.type === 'text' ? part : { type: 'image' })) };
}

const imageOf = (part: ContentPart) => (part.type === 'image' ? [part.image] : []);

function processImages(
  images: readonly (Uint8Array | RawImage)[],
  imageProcessor: ImageProcessor,
): Promise<ProcessedImage[]> {
  return Promise.all(
    images.map(async (image, index) => {
      const name = `image ${index + 1} of ${images.length}`;
      return imageProcessor.process(image instanceof Uint8Array ? await decodeImage(image, name) : image, name);
    }),
  );
}

/** One placeholder for each image: too many are the prompt's own, too few the template's fault. */
function checkPlaceholders(textIds: number[], images: number, { imageTokenId }: Tokenizer): void {
  const placeholders = textIds.filter((id) => id === imageTokenId).length;
  if (placeholders < images) {
    throw new UnsupportedModelError(
      `the chat template of the checkpoint has no place for images: ${placeholders} image placeholders for ${images} images; ` +
        'give the chat template of a vision-language checkpoint',
    );
  }
  if (placeholders > images) {
    throw new InvalidInputError(
      `the prompt has ${placeholders} image placeholders for ${images} images; keep image tokens out of its text`,
    );
  }
}

/** Replaces each image placeholder by as many image tokens as its image has merged patches. */
function expandImageTokens(
  tokenIds: number[],
  images: ProcessedImage[],
  imageTokenId: number,
  imageProcessor: ImageProcessor,
): number[] {
  if (images.length === 0) return tokenIds;
  let next = 0;
  return tokenIds.flatMap((id) =>
    id === imageTokenId ? new Array<number>(imageProcessor.tokenCount(images[next++].gridThw)).fill(id) : [id],
  );
}
