import { z } from 'zod';
import { type ApiError, badArgument } from './api-error.ts';

const Text = z.object({ type: z.literal('text'), text: z.string() });
const Image = z.object({
  type: z.literal('image_url'),
  image_url: z.object({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).optional() }),
});
const TextContent = z.union([z.string(), z.array(Text).min(1)]);

const Message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'developer']), content: TextContent }),
  // As answers come back from clients, with what they do not have.
  z.strictObject({
    role: z.literal('assistant'),
    content: TextContent,
    refusal: z.null().optional(),
    audio: z.null().optional(),
    function_call: z.null().optional(),
    tool_calls: z.tuple([]).nullish(),
    annotations: z.tuple([]).nullish(),
  }),
  z.strictObject({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [Text, Image])).min(1)]),
  }),
]);

const stopText = z.string().min(1).max(1000);

/** Of ids and hints that change no answer. */
const label = z.string().max(1000).nullish();

/**
 * The body of `POST /v1/chat/completions`: what of OpenAI's arguments the engine computes, vLLM's `top_k` and
 * `repetition_penalty`, and those that change no answer. A value of null is one that was left out.
 *
 * @example { "model": "rise-tiny", "messages": [{ "role": "user", "content": "What is 2 + 2?" }], "temperature": 0 }
 */
export const ChatRequest = z.strictObject({
  model: z.string(),
  messages: z.array(Message).min(1),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().positive().max(1).nullish(),
  top_k: z.int().min(-1).nullish(),
  repetition_penalty: z.number().positive().nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  n: z.int().positive().nullish(),
  seed: z.int().nullish(),
  stop: z.union([stopText, z.array(stopText).max(4)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().optional() }).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  // What asks for nothing that is not done anyway.
  response_format: z.object({ type: z.literal('text') }).nullish(),
  modalities: z.tuple([z.literal('text')]).nullish(),
  frequency_penalty: z.literal(0).nullish(),
  presence_penalty: z.literal(0).nullish(),
  logit_bias: z.strictObject({}).nullish(),
  tools: z.tuple([]).nullish(),
  tool_choice: z.literal(['none', 'auto']).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  store: z.literal(false).nullish(),
  service_tier: z.literal(['auto', 'default']).nullish(),
  user: label,
  safety_identifier: label,
  prompt_cache_key: label,
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** Arguments of OpenAI's API that would change the answer, and that nothing here computes. */
const UNSUPPORTED: Record<string, string> = {
  tools: 'this server calls no tools; leave it out',
  tool_choice: 'this server calls no tools; leave it out',
  functions: 'this server calls no functions; leave it out',
  function_call: 'this server calls no functions; leave it out',
  response_format: 'answers are not constrained to a format; ask for it in the prompt, and check the answer',
  audio: 'this server neither hears nor speaks; leave it out',
  modalities: 'answers are text; give ["text"]',
  frequency_penalty: 'not computed; give 0, or use repetition_penalty',
  presence_penalty: 'not computed; give 0, or use repetition_penalty',
  logit_bias: 'not computed; leave it out',
  reasoning_effort: 'the model reasons as it was trained to; leave it out',
  verbosity: 'not computed; ask for it in the prompt',
  prediction: 'not computed; leave it out',
  web_search_options: 'this server searches nothing; leave it out',
  store: 'nothing is stored; leave it out',
};

const UNSUPPORTED_PARTS: Record<string, string> = {
  input_audio: 'audio is not supported; give text and images',
  video_url: 'video is not supported; give frames as images',
  file: 'files are not supported; give text and images',
};

/** @throws ApiError that names the argument at fault */
export function parseChatRequest(body: unknown): ChatRequest {
  const parsed = ChatRequest.safeParse(body);
  if (!parsed.success) throw describeIssue(parsed.error.issues[0], body);
  const { top_logprobs: likeliest, logprobs, stream, stream_options: options } = parsed.data;
  if (likeliest != null && !logprobs) throw badArgument('top_logprobs', 'needs logprobs: true');
  if (options != null && !stream) throw badArgument('stream_options', 'needs stream: true');
  return parsed.data;
}

function describeIssue(issue: z.core.$ZodIssue, body: unknown): ApiError {
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0]].map(String);
    const remedy = UNSUPPORTED[path[0]] ?? 'this server knows no such argument; leave it out';
    return badArgument(path.join('.'), remedy, 'unknown_parameter');
  }
  const path = issue.path.join('.');
  const [first] = issue.path;
  const unsupported = typeof first === 'string' && UNSUPPORTED[first];
  if (unsupported) return badArgument(first, unsupported, 'unsupported_parameter');
  return describePart(issue.path, body) ?? badArgument(path || 'body', describeFault(issue), 'invalid_value');
}

/** Reaches into a union: what is wrong there is a level below. */
function describeFault(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue.message;
  // The branch that went furthest is the one that was meant.
  const meant = issue.errors.flat().find(({ path, code }) => path.length > 0 || code !== 'invalid_type');
  const fault = meant ?? issue.errors[0][0];
  const place = fault.path.length > 0 ? `${fault.path.join('.')}: ` : '';
  return `${place}${describeFault(fault)}`;
}

/** A message that holds what no model here takes, or comes from whom none knows. */
function describePart(path: PropertyKey[], body: unknown): ApiError | undefined {
  const [list, index] = path;
  if (list !== 'messages' || typeof index !== 'number') return undefined;
  const message = (body as { messages: { role?: unknown; content?: unknown }[] }).messages[index];
  if (message?.role === 'tool' || message?.role === 'function') {
    return badArgument(`messages.${index}.role`, `this server calls no tools; leave messages of ${message.role} out`);
  }
  const parts = Array.isArray(message?.content) ? message.content : [];
  for (const [at, part] of parts.entries()) {
    const fault = UNSUPPORTED_PARTS[part?.type];
    if (fault) return badArgument(`messages.${index}.content.${at}`, fault, 'unsupported_content');
  }
  return undefined;
}
