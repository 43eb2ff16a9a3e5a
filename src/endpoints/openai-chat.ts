import { z } from 'zod';
import type { StructuredReply, StructuredRequest } from './structured-request.ts';
import { IMAGE_MEDIA, joinThought, type MessagePiece, type TextReply, type TextRequest } from './text-request.ts';

const Usage = z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish();

const ChatCompletion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          // As DeepSeek and vLLM, and as newer vLLM and OpenRouter name what a model thought apart.
          reasoning_content: z.string().nullish(),
          reasoning: z.string().nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: Usage,
});

/** The field that bounds the answer: models of OpenAI that think refuse the name that every server knows. */
export type BoundField = 'max_tokens' | 'max_completion_tokens';

/** A request whose answer is constrained by a JSON schema, as chat completions take it. */
export function structuredBody(model: string, request: StructuredRequest, bound: BoundField) {
  return {
    model,
    messages: [
      { role: 'system', content: request.system },
      { role: 'user', content: request.user },
    ],
    temperature: 0,
    [bound]: request.maxOutputTokens,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: request.answerName,
        description: request.answerDescription,
        strict: true,
        schema: request.answerSchema,
      },
    },
  };
}

/** A request for free text, images as data URLs. */
export function textBody(model: string, request: TextRequest, bound: BoundField) {
  const system = request.system === undefined ? [] : [{ role: 'system', content: request.system }];
  const turns = request.messages.map(({ role, pieces }) => ({ role, content: contentOf(pieces) }));
  return {
    model,
    messages: [...system, ...turns],
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    [bound]: request.maxOutputTokens,
  };
}

/** Words alone as a text: not every server takes lists. */
function contentOf(pieces: readonly MessagePiece[]) {
  if (pieces.every((piece) => piece.kind === 'text')) return pieces.map(({ text }) => text).join('');
  return pieces.map((piece) => {
    if (piece.kind === 'text') return { type: 'text', text: piece.text };
    const data = Buffer.from(piece.bytes).toString('base64');
    return { type: 'image_url', image_url: { url: `data:${IMAGE_MEDIA[piece.ending]};base64,${data}` } };
  });
}

/** The JSON in a chat completion. Throws where there is none. */
export function readStructured(text: string): StructuredReply {
  const { choices, usage } = ChatCompletion.parse(JSON.parse(text));
  const value: unknown = JSON.parse(choices[0].message.content ?? '');
  return { value, ...tokensOf(usage) };
}

/** The text of a chat completion. Throws where it is none. */
export function readText(body: string): TextReply {
  const { choices, usage } = ChatCompletion.parse(JSON.parse(body));
  const [{ message, finish_reason }] = choices;
  const text = joinThought(message.reasoning_content ?? message.reasoning ?? '', message.content ?? '');
  const tokens = tokensOf(usage);
  if (message.refusal) return { kind: 'declined', reason: message.refusal, ...tokens };
  if (finish_reason === 'content_filter') return { kind: 'declined', reason: 'its content filter', ...tokens };
  return { kind: 'answered', text, end: finish_reason === 'length' ? 'cut' : 'its own', ...tokens };
}

const tokensOf = (usage: z.infer<typeof Usage>) => ({
  inputTokens: usage?.prompt_tokens ?? 0,
  outputTokens: usage?.completion_tokens ?? 0,
});
