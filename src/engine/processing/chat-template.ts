import { Template } from '@huggingface/jinja';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { ModelSettings } from '../weights/model-settings.ts';

/** A message as chat templates read it; images are marks, their pixels travel beside the text. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string | ({ type: 'text'; text: string } | { type: 'image' })[];
}

/** Turns messages into the text the model was trained on. */
export interface ChatTemplate {
  /** The conversation followed by the opening of the assistant's turn. */
  render(messages: ChatMessage[], specialTokens: Record<string, string>): string;
}

/** The template of `chat_template.jinja`, else `chat_template.json`, else `tokenizer_config.json`. */
export function createChatTemplate(settings: ModelSettings): ChatTemplate {
  const template = new Template(findTemplateSource(settings));
  return {
    render: (messages, specialTokens) => template.render({ ...specialTokens, messages, add_generation_prompt: true }),
  };
}

function findTemplateSource(settings: ModelSettings): string {
  const source = settings.text('chat_template.jinja');
  if (source !== undefined) return source;
  for (const name of ['chat_template.json', 'tokenizer_config.json'] as const) {
    const template = settings.json(name)?.chat_template;
    if (typeof template === 'string') return template;
  }
  throw new UnsupportedModelError(
    'the checkpoint has no chat template; give chat_template.jinja, or chat_template in tokenizer_config.json',
  );
}
