import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { ModelSettings } from '../weights/model-settings.ts';
import { runWithinTime } from './within-time.ts';

const defaultImageToken = '<|image_pad|>';
const PLACE = 'tokenizer.json of the checkpoint';
const LONGEST_LOADING_SECONDS = 60;
const LONGEST_ENCODING_SECONDS = 10;

const TokenId = z.int().nonnegative();

/** What is read of `tokenizer.json` without a check by what reads it. */
const TokenizerFile = z.object({
  model: z.object({
    type: z.literal('BPE').optional(),
    vocab: z.record(z.string(), TokenId),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
  added_tokens: z.array(z.object({ id: TokenId, content: z.string() })).nullish(),
});

/** Text to token ids and back, as the checkpoint's `tokenizer.json` says. */
export interface Tokenizer {
  /** Throws `UnsupportedModelError` when a pattern of the checkpoint fails or does not end. */
  encode(text: string): number[];
  decode(tokenIds: readonly number[], options: { skipSpecialTokens: boolean }): string;
  /** The named special tokens (`eos_token`, `bos_token`, ...), which chat templates may use. */
  readonly specialTokens: Record<string, string>;
  readonly imageTokenId: number;
  readonly eosTokenId: number | undefined;
}

/**
 * The tokenizer of `tokenizer.json`, `tokenizer_config.json` and `special_tokens_map.json`.
 * Throws `UnsupportedModelError` where it cannot be read, or has no image token.
 */
export function createTokenizer(settings: ModelSettings): Tokenizer {
  const definition = settings.requireJson('tokenizer.json');
  const config = settings.json('tokenizer_config.json') ?? {};
  checkDefinition(definition);
  const tokenizer = runWithinTime(
    PLACE,
    LONGEST_LOADING_SECONDS,
    () => new HuggingFaceTokenizer(definition, { ...config, clean_up_tokenization_spaces: false }),
  );
  const specialTokens = findSpecialTokens(config, settings.json('special_tokens_map.json') ?? {});
  const idOf = (name: string) => (name in specialTokens ? tokenizer.token_to_id(specialTokens[name]) : undefined);
  return {
    encode: (text) =>
      runWithinTime(PLACE, LONGEST_ENCODING_SECONDS, () => tokenizer.encode(text, { add_special_tokens: false }).ids),
    // The library refuses no tokens, which an answer may have.
    decode: (tokenIds, { skipSpecialTokens }) =>
      tokenIds.length === 0 ? '' : tokenizer.decode([...tokenIds], { skip_special_tokens: skipSpecialTokens }),
    specialTokens,
    imageTokenId: requireTokenId(tokenizer, specialTokens.image_token ?? defaultImageToken),
    eosTokenId: idOf('eos_token'),
  };
}

function checkDefinition(definition: Record<string, unknown>): void {
  const parsed = TokenizerFile.safeParse(definition);
  if (parsed.success) return;
  const faults = parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new UnsupportedModelError(`${PLACE}: ${faults.join('; ')}; give the tokenizer of a Qwen checkpoint`);
}

/** The map is of older checkpoints, and goes first in them; those that list their added tokens have all in the config. */
function findSpecialTokens(config: Record<string, unknown>, map: Record<string, unknown>): Record<string, string> {
  const [own, mapped] = [namedTokens(config), namedTokens(map)];
  return 'added_tokens_decoder' in config ? { ...mapped, ...own } : { ...own, ...mapped };
}

/** Entries such as `eos_token`, written as a string or as `{ content }`. */
function namedTokens(config: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(config).flatMap(([name, value]) => {
    const content = typeof value === 'object' && value !== null && 'content' in value ? value.content : value;
    return name.endsWith('_token') && typeof content === 'string' ? [[name, content]] : [];
  });
  return Object.fromEntries(entries);
}

function requireTokenId(tokenizer: HuggingFaceTokenizer, token: string): number {
  const id = tokenizer.token_to_id(token);
  if (id !== undefined) return id;
  throw new UnsupportedModelError(
    `tokenizer.json has no token ${token}; use the tokenizer of a vision-language checkpoint`,
  );
}
