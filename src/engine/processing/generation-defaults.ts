import { UnsupportedModelError } from '../../schema/errors.ts';
import type { ModelSettings } from '../weights/model-settings.ts';

/** What a checkpoint says of its own generation. */
export interface GenerationDefaults {
  /** Tokens that end a response. */
  stopTokenIds: number[];
  /** By which `transformers` divides the logits of tokens it has seen; 1 is none. */
  repetitionPenalty: number;
}

/** Settings that change which tokens `transformers` generates and that this engine lacks, each with the values that change nothing. */
const UNSUPPORTED: Record<string, readonly unknown[]> = {
  bad_words_ids: [],
  begin_suppress_tokens: [],
  constraints: [],
  diversity_penalty: [0],
  dola_layers: [],
  encoder_no_repeat_ngram_size: [0],
  encoder_repetition_penalty: [1],
  epsilon_cutoff: [0],
  eta_cutoff: [0],
  exponential_decay_length_penalty: [],
  force_words_ids: [],
  forced_bos_token_id: [],
  forced_decoder_ids: [],
  forced_eos_token_id: [],
  guidance_scale: [1],
  min_length: [0],
  min_new_tokens: [0],
  min_p: [0],
  no_repeat_ngram_size: [0],
  num_beam_groups: [1],
  num_beams: [1],
  penalty_alpha: [0],
  remove_invalid_values: [false],
  sequence_bias: [],
  stop_strings: [],
  suppress_tokens: [],
  top_h: [],
  typical_p: [1],
  watermarking_config: [],
};

/**
 * The end tokens of `generation_config.json`, else of `config.json` (its top level, then `text_config`), else the tokenizer's;
 * the repetition penalty of the first of the two files that is there. Temperature and the like are the caller's.
 * Throws `UnsupportedModelError` without an end token, and for each setting that would be dropped.
 */
export function readGenerationDefaults(settings: ModelSettings, tokenizerEnd: number | undefined): GenerationDefaults {
  const generation = settings.json('generation_config.json');
  const config = flattenConfig(settings.json('config.json') ?? {});
  const [read, name] = generation ? [generation, 'generation_config.json'] : [config, 'config.json'];
  refuseUnsupported(read, name);
  return {
    stopTokenIds: findStopTokens([
      ['generation_config.json', generation?.eos_token_id],
      ['config.json', config.eos_token_id],
      ['the tokenizer', tokenizerEnd],
    ]),
    repetitionPenalty: parsePenalty(read.repetition_penalty, name),
  };
}

/** Settings of the decoder below those of the top level; null gives way. */
function flattenConfig(config: Record<string, unknown>): Record<string, unknown> {
  const nested = config.text_config;
  const top = Object.entries(config).filter(([, value]) => value !== null);
  return { ...(typeof nested === 'object' ? nested : {}), ...Object.fromEntries(top) };
}

function refuseUnsupported(settings: Record<string, unknown>, name: string): void {
  const found = Object.entries(UNSUPPORTED).flatMap(([key, neutral]) => {
    const value = settings[key] ?? undefined;
    const isNeutral = value === undefined || neutral.includes(value) || (Array.isArray(value) && value.length === 0);
    return isNeutral ? [] : [`${key} ${JSON.stringify(value)}`];
  });
  if (found.length === 0) return;
  throw new UnsupportedModelError(
    `${name} of the checkpoint: ${found.join(', ')}: not supported, and answers would differ from the checkpoint's own; ` +
      'take it out to generate without',
  );
}

function findStopTokens(places: readonly (readonly [name: string, value: unknown])[]): number[] {
  for (const [name, value] of places) {
    const ids = [value ?? []].flat();
    const bad = ids.find((id) => !(Number.isSafeInteger(id) && (id as number) >= 0));
    if (bad !== undefined) {
      throw new UnsupportedModelError(
        `${name}: eos_token_id ${JSON.stringify(bad)} is no token id; give a whole number`,
      );
    }
    if (ids.length > 0) return ids as number[];
  }
  throw new UnsupportedModelError(
    'the checkpoint names no end token; give eos_token_id in generation_config.json or eos_token in tokenizer_config.json',
  );
}

function parsePenalty(value: unknown, name: string): number {
  if (value === undefined || value === null) return 1;
  if (typeof value === 'number' && value > 0) return value;
  throw new UnsupportedModelError(
    `${name} of the checkpoint: repetition_penalty is ${JSON.stringify(value)}; give a number above 0`,
  );
}
