import { z } from 'zod';
import type { Prompt } from '../schema/prompt.ts';
import { readIfPresent } from '../store/presence.ts';
import type { Store } from '../store/store.ts';

/** Control tokens of the Qwen family, for where no checkpoint is at hand. */
export const QWEN_CONTROL_TOKENS: readonly string[] = [
  ...['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|object_ref_start|>', '<|object_ref_end|>', '<|box_start|>'],
  ...['<|box_end|>', '<|quad_start|>', '<|quad_end|>', '<|vision_start|>', '<|vision_end|>', '<|vision_pad|>'],
  ...['<|image_pad|>', '<|video_pad|>', '<|fim_prefix|>', '<|fim_middle|>', '<|fim_suffix|>', '<|fim_pad|>'],
  ...['<|repo_name|>', '<|file_sep|>'],
];

const AddedTokens = z.object({
  added_tokens: z.array(z.object({ content: z.string(), special: z.boolean().optional() })).default([]),
});

/**
 * The control tokens of a checkpoint on a store, which ends in `/` or is empty: its special tokens, and what is written like
 * one. Those of the Qwen family where its tokenizer is not there or cannot be read, which loading it will say.
 */
export async function readControlTokens(store: Pick<Store, 'read'>, model: string): Promise<readonly string[]> {
  const bytes = await readIfPresent(store, `${model}tokenizer.json`);
  const tokens = bytes === undefined ? [] : controlTokensOf(bytes.toString('utf8'));
  return tokens.length === 0 ? QWEN_CONTROL_TOKENS : tokens;
}

function controlTokensOf(json: string): string[] {
  const parsed = AddedTokens.safeParse(parseJson(json));
  if (!parsed.success) return [];
  const isControl = ({ content, special }: { content: string; special?: boolean }) =>
    special === true || /^<\|.+\|>$/.test(content);
  return parsed.data.added_tokens.filter(isControl).map(({ content }) => content);
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The first control token in a text, if any: the model would take it for what it controls, not for text. */
export function findControlToken(text: string, tokens: readonly string[]): string | undefined {
  return tokens.find((token) => text.includes(token));
}

/** What is wrong with the texts of a prompt that the model reads or learns, if one holds a control token. */
export function findTokenFault(
  { question, options = [], solution = '' }: Prompt,
  tokens: readonly string[],
): string | undefined {
  const texts = [['question', question], ...options.map((option) => ['an option', option]), ['solution', solution]];
  for (const [name, text] of texts) {
    const token = findControlToken(text, tokens);
    if (token !== undefined) return `${name} holds the control token ${token} of the model; take it out`;
  }
  return undefined;
}
