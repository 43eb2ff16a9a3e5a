import { EndpointOptions } from '../endpoints/endpoint-options.ts';
import type { Environment } from '../endpoints/environment.ts';
import { createLanguageModel, type LanguageModel } from '../endpoints/language-model.ts';
import { questionPieces, readImageFile } from '../endpoints/question-pieces.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import { questionText } from '../schema/question-text.ts';
import type { StoredAnswer } from '../schema/stored-answer.ts';
import type { AnswerScope, Respondent } from './respondent.ts';

/** A model behind an endpoint that talks as OpenAI's chat completions do. */
export interface AnsweringEndpoint {
  /** Before `/chat/completions`. */
  url: string;
  model: string;
  /** Environment variable with the key; none is sent when absent. */
  apiKeyVariable?: string;
}

const TIMEOUT_SECONDS = 300;
/** A batch is this many times what is under way at once: its end, where requests run out, comes seldom. */
const ROUNDS_PER_BATCH = 4;

/**
 * A model behind an endpoint as a respondent. It is shown what a model here is shown: the system message if there is one, the
 * question and its images. What it declines to answer is an empty answer. Throws `InvalidInputError` where the URL is none, or
 * the key is not in the environment.
 */
export function openEndpointRespondent(
  { url, model, apiKeyVariable }: AnsweringEndpoint,
  completionsPerPrompt: number,
  environment: Environment,
): Respondent {
  const read = EndpointOptions.safeParse({
    ...{ provider: 'openai', baseUrl: url, model, timeoutSeconds: TIMEOUT_SECONDS },
    ...(apiKeyVariable !== undefined && { apiKeyVariable }),
  });
  if (!read.success) {
    const [{ path, message }] = read.error.issues;
    const option = { baseUrl: '--endpoint', model: '--endpoint-model' }[String(path[0])] ?? '--api-key-env';
    throw new InvalidInputError(`${option}: ${message}`);
  }
  const languageModel = createLanguageModel(read.data, environment);
  const together = read.data.concurrency * ROUNDS_PER_BATCH;
  return {
    identity: { endpoint: url, model },
    promptsPerBatch: Math.max(1, Math.floor(together / completionsPerPrompt)),
    answer: (scope, prompts) => answerBatch(languageModel, scope, prompts),
    close: () => {},
  };
}

type Given = { answer: StoredAnswer; declined?: string };

/** Throws `InvalidInputError` where the endpoint declines all of several prompts: it would decline the rest. */
async function answerBatch(
  model: LanguageModel,
  scope: AnswerScope,
  prompts: readonly Prompt[],
): Promise<StoredAnswer[]> {
  const given = (await Promise.all(prompts.map((prompt) => answerPrompt(model, scope, prompt)))).flat();
  const [first] = given;
  if (prompts.length > 1 && given.every(({ declined }) => declined !== undefined)) {
    throw new InvalidInputError(`${model.name} answers none of ${prompts.length} prompts: ${first.declined}`);
  }
  return given.map(({ answer }) => answer);
}

async function answerPrompt(model: LanguageModel, { store, plan }: AnswerScope, prompt: Prompt): Promise<Given[]> {
  const { systemPrompt, sampling, completionsPerPrompt } = plan;
  const images = await Promise.all(prompt.images.map((image) => readImageFile(store, image)));
  const request = {
    ...(systemPrompt !== undefined && { system: systemPrompt }),
    messages: [{ role: 'user' as const, pieces: questionPieces(questionText(prompt), images) }],
    ...{ temperature: sampling.temperature, maxOutputTokens: sampling.maxNewTokens },
  };
  return Promise.all(
    Array.from({ length: completionsPerPrompt }, async (_, sampleIndex): Promise<Given> => {
      const reply = await model.complete(request);
      const { promptId } = prompt;
      const asked = { promptId, sampleIndex, tokenCount: reply.outputTokens };
      if (reply.kind === 'declined') {
        return { answer: { ...asked, text: '', finishReason: 'stop' }, declined: reply.reason };
      }
      return { answer: { ...asked, text: reply.text, finishReason: reply.end === 'cut' ? 'length' : 'stop' } };
    }),
  );
}
