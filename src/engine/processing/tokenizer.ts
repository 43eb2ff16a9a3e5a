import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { ModelSettings } from '../weights/model-settings.ts';

const defaultImageToken = '<|image_pad|>';

/** Text to token ids and back, as the checkpoint's `tokenizer.json` says. */
export interface Tokenizer {
  encode(text: string): number[];
  decode(tokenIds: readonly number[], options: { skipSpecialTokens: boolean }): string;
  /** The named special tokens (`eos_token`, `bos_token`, ...), which chat templates may use. */
  readonly specialTokens: Record<string, string>;
  readonly imageTokenId: number;
  readonly eosTokenId: number | undefined;
}

/** The tokenizer of `tokenizer.json` and `tokenizer_config.json`. Throws `UnsupportedModelError` without an image token. */
export function createTokenizer(settings: ModelSettings): Tokenizer {
  const definition = settings.requireJson('tokenizer.json');
  const config = settings.json('tokenizer_config.json') ?? {};
  const tokenizer = new HuggingFaceTokenizer(definition, { ...config, clean_up_tokenization_spaces: false });
  const specialTokens = namedTokens(config);
  const idOf = (name: string) => (name in specialTokens ? tokenizer.token_to_id(specialTokens[name]) : undefined);
  return {
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    decode: (tokenIds, { skipSpecialTokens }) =>
      tokenizer.decode([...tokenIds], { skip_special_tokens: skipSpecialTokens }),
    specialTokens,
    imageTokenId: requireTokenId(tokenizer, specialTokens.image_token ?? defaultImageToken),
    eosTokenId: idOf('eos_token'),
  };
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
