import { Template } from '@huggingface/jinja';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { ModelSettings } from '../weights/model-settings.ts';
import { runWithinTime } from './within-time.ts';

/** A message as chat templates read it; images are marks, their pixels travel beside the text. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string | ({ type: 'text'; text: string } | { type: 'image' })[];
}

/** What turns messages into the text the model was trained on. */
export interface ChatTemplate {
  /**
   * The conversation followed by the opening of the assistant's turn. Throws `UnsupportedModelError` when the template
   * fails or does not end, or takes text only and a message has images.
   */
  render(messages: ChatMessage[]): string;
}

interface TemplateSource {
  /** Where it stands in the checkpoint, for messages. */
  place: string;
  text: string;
}

type Render = (messages: ChatMessage[]) => string;

const LONGEST_SECONDS = 5;
const LONGEST_PROMPT = 10_000_000;
const PROBE = 'Is this text in the prompt?';

/**
 * The checkpoint's chat template, given the names that `transformers` gives it: `tools` and `documents` are none.
 * Throws `UnsupportedModelError` when there is none, or it cannot render a question.
 */
export function createChatTemplate(settings: ModelSettings, specialTokens: Record<string, string>): ChatTemplate {
  const { place, text } = findTemplateSource(settings);
  // jinja2 reads every line end as \n, before all else.
  const template = runWithinTime(place, LONGEST_SECONDS, () => new Template(text.replace(/\r\n?/g, '\n')));
  const given = { tools: null, documents: null, ...specialTokens, add_generation_prompt: true };
  const render: Render = (messages) => {
    const rendered = runWithinTime(place, LONGEST_SECONDS, () => template.render({ ...given, messages }));
    if (rendered.length <= LONGEST_PROMPT) return rendered;
    throw new UnsupportedModelError(
      `${place} makes a prompt of ${rendered.length} characters; is the checkpoint whole?`,
    );
  };
  if (readsParts(render, place)) return { render };
  return {
    render: (messages) => render(messages.map((message) => ({ ...message, content: joinText(message, place) }))),
  };
}

/** The places in `transformers`' order: its processor's, then its tokenizer's. */
function findTemplateSource(settings: ModelSettings): TemplateSource {
  const fieldOf = (name: 'processor_config.json' | 'chat_template.json' | 'tokenizer_config.json') =>
    [`chat_template in ${name} of the checkpoint`, settings.json(name)?.chat_template] as const;
  const places = [
    fieldOf('processor_config.json'),
    fieldOf('chat_template.json'),
    ['chat_template.jinja of the checkpoint', settings.text('chat_template.jinja')] as const,
    fieldOf('tokenizer_config.json'),
  ];
  for (const [place, value] of places) {
    if (value !== undefined && value !== null) return { place, text: chooseTemplate(value, place) };
  }
  throw new UnsupportedModelError(
    'the checkpoint has no chat template; give chat_template.jinja, or chat_template in tokenizer_config.json',
  );
}

/** A template, or the one named `default` of several: by name, or in a list of `{ name, template }`. */
function chooseTemplate(value: unknown, place: string): string {
  if (typeof value === 'string') return value;
  const named = Array.isArray(value)
    ? Object.fromEntries(value.map((each) => [each?.name, each?.template]))
    : (value as Record<string, unknown>);
  if (typeof named.default === 'string') return named.default;
  throw new UnsupportedModelError(`${place} holds no template named "default"; give one`);
}

/**
 * Whether a template reads content as a list of parts, or takes strings only, as templates of text models do: one that prints
 * the list itself does not read it.
 */
function readsParts(render: Render, place: string): boolean {
  const withParts = attempt(() => render([{ role: 'user', content: [{ type: 'text', text: PROBE }] }]));
  if (withParts.text?.includes(PROBE) && !withParts.text.includes(`"text": "${PROBE}"`)) return true;
  const withString = attempt(() => render([{ role: 'user', content: PROBE }]));
  if (withString.text?.includes(PROBE)) return false;
  const error = withParts.error ?? withString.error;
  throw error ?? new UnsupportedModelError(`${place} renders a question without its text; is the checkpoint whole?`);
}

function attempt(render: () => string): { text?: string; error?: unknown } {
  try {
    return { text: render() };
  } catch (error) {
    return { error };
  }
}

function joinText({ content }: ChatMessage, place: string): string {
  if (typeof content === 'string') return content;
  return content
    .map((part) => {
      if (part.type === 'text') return part.text;
      throw new UnsupportedModelError(
        `${place} takes text only, and the prompt has an image; give the chat template of a vision-language checkpoint`,
      );
    })
    .join('');
}
