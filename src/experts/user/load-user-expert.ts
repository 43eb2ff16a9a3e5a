import { basename } from 'node:path';
import { z } from 'zod';
import { hashJson } from '../../base/hash.ts';
import { shorten } from '../../base/terminal-text.ts';
import { IMAGE_MEDIA, type ImageEnding } from '../../endpoints/text-request.ts';
import type { HostedKind, ModuleHost } from '../../modules/module-host.ts';
import { serveInThread } from '../../modules/module-thread.ts';
import { openStoredModule } from '../../modules/stored-module.ts';
import type { ExpertConfig } from '../../schema/config/expert.ts';
import { ExpertFailedError, InvalidInputError } from '../../schema/errors.ts';
import { ExpertUsage } from '../../schema/expert-answer.ts';
import { expertModuleKey } from '../../schema/keys.ts';
import type { Expert, ExpertServices, Question, Reply } from '../expert.ts';
import { keptReply } from '../kept-reply.ts';
import type { ExpertProtocol, UserQuestion } from './user-expert.ts';
import { openUserExpert } from './user-expert-module.ts';

/** Seconds that one answer may take once it has begun, where the config does not say. */
const ANSWER_SECONDS = 120;

/** Experts of the user's own: their threads run this very file. */
const USER_EXPERTS: HostedKind = {
  kind: 'expert',
  script: import.meta.filename,
  fail: (message) => new ExpertFailedError(message),
};

serveInThread('expert', openUserExpert);

/** An expert with options that were parsed in its thread. */
export type LoadedUserExpert = Pick<Expert, 'name' | 'version'> & {
  variant?: string;
  reply(question: Question): Promise<Reply>;
};

/** The expert of a module that the user put on the store. Throws `InvalidInputError` where it cannot be one. */
export async function loadUserExpert(
  config: ExpertConfig & { module: string },
  services: ExpertServices,
): Promise<LoadedUserExpert> {
  const { module: key, timeoutSeconds = ANSWER_SECONDS, options } = config;
  const place = basename(key);
  const { host, sha256 } = await openStoredModule<ExpertProtocol>(
    services.store,
    USER_EXPERTS,
    { key, keyOf: expertModuleKey, place },
    timeoutSeconds,
  );
  const { name, version } = host.description;
  if (name !== config.name) {
    throw new InvalidInputError(
      `expert.name is ${config.name}, and ${place} defines the expert ${name}; use that name`,
    );
  }
  const { consultant, variant } = await host.call({ kind: 'create', options }, timeoutSeconds).catch((cause: Error) => {
    throw new InvalidInputError(`expert.options: ${name} does not take them: ${cause.message}`, { cause });
  });
  const identity = [key, variant ?? '', options];
  return {
    name,
    version: `${version}+${sha256.slice(0, 8)}`,
    variant,
    reply: (question) => replyOnce(host, services, question, { name, consultant, identity, timeoutSeconds }),
  };
}

interface Scope {
  name: string;
  /** In the thread. */
  consultant: number;
  /** All that its answers rest on besides the question. */
  identity: readonly unknown[];
  timeoutSeconds: number;
}

/** An error on one prompt is no answer to it; one that ends the thread ends the consultation. */
async function replyOnce(
  host: ModuleHost<ExpertProtocol>,
  services: ExpertServices,
  question: Question,
  { name, consultant, identity, timeoutSeconds }: Scope,
): Promise<Reply> {
  const { prompt, answer, refused } = question;
  const asked = [prompt.question, prompt.options ?? [], prompt.images.map(({ sha256 }) => sha256)];
  try {
    return await keptReply(services.answers, hashJson([identity, asked, answer, refused]), async () => {
      const startedAt = performance.now();
      const call = { kind: 'answer', consultant, question: await toUserQuestion(question, services) } as const;
      const given = await host.call(call, timeoutSeconds);
      return toReply(given, Math.round(performance.now() - startedAt) / 1000);
    });
  } catch (error) {
    if (!(error instanceof ExpertFailedError)) throw error;
    if (!host.isOver) return { kind: 'failed', failure: error.message };
    throw new ExpertFailedError(`the expert ${name} failed on ${prompt.promptId}: ${error.message}`, { cause: error });
  }
}

async function toUserQuestion({ prompt, answer, refused }: Question, { store }: ExpertServices): Promise<UserQuestion> {
  const { promptId, question, options } = prompt;
  const images = prompt.images.map(async ({ key }) => ({
    mediaType: mediaTypeOf(key),
    bytes: new Uint8Array(await store.read(key)),
  }));
  return { promptId, question, ...(options && { options }), images: await Promise.all(images), answer, refused };
}

function mediaTypeOf(key: string): string {
  const ending = key.slice(key.lastIndexOf('.') + 1);
  return IMAGE_MEDIA[ending as ImageEnding] ?? `image/${ending}`;
}

const UserReply = z
  .union([
    z.string().transform((response) => ({ response, usage: {} })),
    z.object({ response: z.string(), usage: ExpertUsage.omit({ waitSeconds: true }).partial().default({}) }),
  ])
  .nullish();

function toReply(given: unknown, waitSeconds: number): Reply {
  const parsed = UserReply.safeParse(given);
  if (!parsed.success) {
    const shown = shorten(JSON.stringify(given) ?? String(given));
    throw new ExpertFailedError(`it gave ${shown}, which is no text, no { response, usage } and not nothing`);
  }
  if (!parsed.data || parsed.data.response.trim() === '') return { kind: 'silent' };
  const { response, usage } = parsed.data;
  return { kind: 'answered', response, usage: { inputTokens: 0, outputTokens: 0, ...usage, waitSeconds } };
}
