import { z } from 'zod';
import { hashJson } from '../base/hash.ts';
import { shorten } from '../base/terminal-text.ts';
import { endpointOptionsWith } from '../endpoints/endpoint-options.ts';
import { createLanguageModel, type LanguageModel } from '../endpoints/language-model.ts';
import { isTakenImage, readImageFile } from '../endpoints/question-pieces.ts';
import { IMAGE_MEDIA } from '../endpoints/text-request.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Expert, ExpertServices, Question, Reply } from './expert.ts';
import { buildExpertRequest, EXPERT_PROMPT_VERSION } from './expert-prompt.ts';
import { keptReply } from './kept-reply.ts';
import { PROBE_ANSWER, PROBE_IMAGE, PROBE_QUESTION } from './probe-image.ts';

const Options = endpointOptionsWith({
  temperature: z
    .number()
    .nonnegative()
    .optional()
    .describe("the endpoint's own when absent: some models take none; several answers need one above 0"),
  maxOutputTokens: z.int().positive().default(8192).describe('thinking included; what is longer is cut, and refused'),
  timeoutSeconds: z.number().positive().default(300).describe('of one try'),
  images: z
    .boolean()
    .default(true)
    .describe('false for a model that reads text alone: prompts with images are refused'),
});
type Options = z.infer<typeof Options>;

/**
 * A language model behind an API. Replies are kept by what they rest on: model, request and what was said before; the same
 * question is never paid for twice.
 */
export const endpoint: Expert<Options> = {
  name: 'endpoint',
  version: '1',
  options: Options,
  defaults: { maxAttempts: 2, toleratedShare: 0.5 },
  create(options, services) {
    const model = createLanguageModel(options, services.environment);
    return {
      variant: model.name,
      reply: (question) => replyOnce(model, options, services, question),
      findFaults: async (prompts) => findImageFaults(options, prompts),
      probe: () => probe(model, options, services),
    };
  },
};

/** The reply that was given to this very question before, or a new one. */
async function replyOnce(
  model: LanguageModel,
  options: Options,
  { store, answers }: Pick<ExpertServices, 'store' | 'answers'>,
  { prompt, answer, refused }: Question,
): Promise<Reply> {
  const { temperature, maxOutputTokens } = options;
  const asked = [prompt.question, prompt.options ?? [], prompt.images.map(({ sha256 }) => sha256)];
  const sampling = { temperature, maxOutputTokens };
  const key = hashJson([model.identity, EXPERT_PROMPT_VERSION, sampling, asked, answer, refused]);
  return keptReply(answers, key, async () => {
    const images = await Promise.all(prompt.images.map((image) => readImageFile(store, image)));
    return ask(model, buildExpertRequest(prompt, images, refused, sampling));
  });
}

async function ask(
  model: LanguageModel,
  request: Parameters<LanguageModel['complete']>[0],
): Promise<Exclude<Reply, { kind: 'silent' }>> {
  const reply = await model.complete(request);
  const { inputTokens, outputTokens, waitSeconds } = reply;
  const dollars = model.priceOf(reply);
  const usage = {
    model: model.name,
    inputTokens,
    outputTokens,
    ...(dollars !== undefined && { dollars }),
    waitSeconds,
  };
  if (reply.kind === 'declined') return { kind: 'failed', failure: `the model declined: ${reply.reason}`, usage };
  if (reply.text.trim() === '') return { kind: 'failed', failure: 'the answer is empty', usage };
  const flaw = reply.end === 'cut' ? { flaw: `it was cut at ${request.maxOutputTokens} tokens` } : {};
  return { kind: 'answered', response: reply.text, ...flaw, usage };
}

/** Prompts whose images the model cannot be shown. */
function findImageFaults({ images, model }: Options, prompts: readonly Prompt[]): string[] {
  const shown = prompts.filter((prompt) => prompt.images.length > 0);
  if (!images && shown.length > 0) {
    return [
      `${model} reads no images (expert.options.images: false), and ${shown.length} of ${prompts.length} training ` +
        `prompts have some, ${shown[0].promptId} for one; choose a model that sees`,
    ];
  }
  const keys = new Set(shown.flatMap((prompt) => prompt.images.map(({ key }) => key)));
  return [...keys]
    .filter((key) => !isTakenImage(key))
    .map((key) => `${key}: endpoints take ${Object.keys(IMAGE_MEDIA).join(', ')} and not this; make it a PNG`);
}

const TEXT_PROBE = { question: 'What is 2 + 3?' };

/** Asks what a small image shows, once per model. Throws `InvalidInputError` that says what it does not do. */
async function probe(model: LanguageModel, { images, maxOutputTokens }: Options, { answers }: ExpertServices) {
  const key = hashJson([model.identity, 'probe', images]);
  const request = images
    ? buildExpertRequest({ question: PROBE_QUESTION }, [{ ending: 'png', bytes: PROBE_IMAGE }], [], { maxOutputTokens })
    : buildExpertRequest(TEXT_PROBE, [], [], { maxOutputTokens });
  const refuse = (fault: string) => {
    const remedy = images ? '; choose a model that sees, or say by expert.options.images: false that it does not' : '';
    return new InvalidInputError(`expert: ${model.name} ${fault}${remedy}`);
  };
  await keptReply(answers, key, async () => {
    const reply = await ask(model, request);
    if (reply.kind !== 'answered') throw refuse(`does not answer a small question: ${reply.failure}`);
    if (!images || PROBE_ANSWER.test(reply.response)) return reply;
    throw refuse(`does not see that a red image is red: "${shorten(reply.response, 200)}"`);
  });
}
