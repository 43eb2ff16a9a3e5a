import { Template } from '@huggingface/jinja';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { type ReadModelFile, readModelJson } from '../weights/model-files.ts';

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

/** Loads the template from `chat_template.jinja`, else `chat_template.json`, else `tokenizer_config.json`. */
export async function loadChatTemplate(readFile: ReadModelFile): Promise<ChatTemplate> {
  const template = new Template(await readTemplateSource(readFile));
  return {
    render: (messages, specialTokens) => template.render({ ...specialTokens, messages, add_generation_prompt: true }),
  };
}

async function readTemplateSource(readFile: ReadModelFile): Promise<string> {
  const file = await readFile('chat_template.jinja');
  if (file !== undefined) return new TextDecoder().decode(file);
  for (const name of ['chat_template.json', 'tokenizer_config.json']) {
    const template = (await readModelJson(readFile, name))?.chat_template;
    if (typeof template === 'string') return template;
  }
  throw new UnsupportedModelError(
    'the checkpoint has no chat template; give chat_template.jinja, or chat_template in tokenizer_config.json',
  );
}
