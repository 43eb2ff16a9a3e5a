import { z } from 'zod';

const shared = {
  model: z.string().min(1).describe('model id, as the endpoint knows it'),
  concurrency: z.int().positive().default(8).describe('requests under way at once, per process'),
  requestsPerMinute: z.int().positive().optional().describe('per process; no limit when absent'),
  maxAttempts: z.int().positive().default(6).describe('tries of one request, the waits between them doubling'),
  timeoutSeconds: z.number().positive().default(60).describe('of one try'),
  price: z
    .strictObject({
      inputPerMillionTokens: z.number().nonnegative(),
      outputPerMillionTokens: z.number().nonnegative(),
    })
    .optional()
    .describe('US dollars; without it only tokens are counted'),
};

const bedrock = {
  provider: z.literal('bedrock'),
  region: z.string().optional().describe('as the AWS SDK finds it when absent'),
  ...shared,
};
const BedrockOptions = z.strictObject(bedrock);
export type BedrockOptions = z.infer<typeof BedrockOptions>;

/** False of what is no URL, which is another fault: both are looked for. */
const holdsCredentials = (url: string) =>
  URL.canParse(url) && (new URL(url).password !== '' || new URL(url).username !== '');

const openai = {
  provider: z.literal('openai'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !holdsCredentials(url), 'must not hold credentials')
    .describe('before `/chat/completions`, e.g. https://api.openai.com/v1'),
  apiKeyVariable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable')
    .optional()
    .describe('environment variable that holds the key; none is sent when absent'),
  ...shared,
};
const OpenAiOptions = z.strictObject(openai);
export type OpenAiOptions = z.infer<typeof OpenAiOptions>;

/** A language model behind Amazon Bedrock, or behind any endpoint that talks as OpenAI's chat completions do. */
export const EndpointOptions = z.discriminatedUnion('provider', [BedrockOptions, OpenAiOptions]);
export type EndpointOptions = z.infer<typeof EndpointOptions>;

/** As `EndpointOptions`, with what its user wants to know besides. */
export const endpointOptionsWith = <Shape extends z.ZodRawShape>(more: Shape) =>
  z.discriminatedUnion('provider', [z.strictObject({ ...bedrock, ...more }), z.strictObject({ ...openai, ...more })]);
