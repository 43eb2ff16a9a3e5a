import { z } from 'zod';
import { readLines } from '../base/read-lines.ts';
import { shorten } from '../base/terminal-text.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { ExpertUsage } from '../schema/expert-answer.ts';
import type { Prompt } from '../schema/prompt.ts';
import { createCheckedStore } from '../store/checked-store.ts';
import type { Store } from '../store/store.ts';
import { readContentList } from '../store/stored-content.ts';
import type { Expert, Reply } from './expert.ts';

/** One line of a file of answers that somebody gave elsewhere. A prompt may have several: the first that is right counts. */
const RecordedAnswer = z.object({
  promptId: z.string(),
  response: z.string(),
  model: z.string().optional().describe('who answered'),
  inputTokens: z.int().nonnegative().optional(),
  outputTokens: z.int().nonnegative().optional(),
  dollars: z.number().nonnegative().optional(),
  waitSeconds: z.number().nonnegative().optional(),
});
type RecordedAnswer = z.infer<typeof RecordedAnswer>;

const Options = z.strictObject({
  path: z.string().describe('a JSONL file of { promptId, response } (a path; on the store, a key)'),
});

const SHOWN_PROMPTS = 3;

/** Answers that are there already, from a file. */
export const recorded: Expert<z.infer<typeof Options>> = {
  name: 'recorded',
  version: '1',
  options: Options,
  files: ['path'],
  // All that a prompt has.
  defaults: { maxAttempts: Number.POSITIVE_INFINITY, toleratedShare: 0.5 },
  create({ path }, { store }) {
    const answersOf = new Map<string, RecordedAnswer[]>();
    return {
      variant: path.split('/').at(-2),
      async prepare(prompts) {
        for (const { promptId } of prompts) answersOf.set(promptId, []);
        for await (const answer of readAnswers(store, path)) answersOf.get(answer.promptId)?.push(answer);
      },
      async reply({ prompt, replies }) {
        const answer = answersOf.get(prompt.promptId)?.[replies];
        return answer === undefined ? { kind: 'silent' } : toReply(answer);
      },
      async findFaults(prompts, toleratedShare) {
        const known = new Set<string>();
        for await (const { promptId } of readAnswers(store, path)) known.add(promptId);
        return describeLack(path, prompts, known, toleratedShare);
      },
    };
  },
};

function toReply({ response, promptId: _, ...said }: RecordedAnswer): Reply {
  if (Object.keys(said).length === 0) return { kind: 'answered', response };
  const { inputTokens = 0, outputTokens = 0, waitSeconds = 0, ...rest } = said;
  const usage: ExpertUsage = { ...rest, inputTokens, outputTokens, waitSeconds };
  return { kind: 'answered', response, usage };
}

function describeLack(
  path: string,
  prompts: readonly Prompt[],
  known: ReadonlySet<string>,
  toleratedShare: number,
): string[] {
  const lacking = prompts.filter(({ promptId }) => !known.has(promptId));
  if (lacking.length <= toleratedShare * prompts.length) return [];
  const named = lacking.slice(0, SHOWN_PROMPTS).map(({ promptId }) => shorten(promptId));
  const more = lacking.length > SHOWN_PROMPTS ? ', ...' : '';
  return [
    `${path} has no answer to ${lacking.length} of ${prompts.length} training prompts (${named.join(', ')}${more}), ` +
      `and a share of ${toleratedShare} is tolerated; add them, or raise expert.toleratedShare`,
  ];
}

/** The answers of a file that a run brought, as it brought it. Throws `InvalidInputError` that names the first line at fault. */
async function* readAnswers(store: Store, key: string): AsyncGenerator<RecordedAnswer> {
  const checked = createCheckedStore(store, await readContentList(store, key));
  for await (const line of readLines(checked.readStream(key))) {
    if ('text' in line && line.text.trim() === '') continue;
    yield 'text' in line
      ? parseAnswer(line.text, `${key}:${line.number}`)
      : refuse(`${key}:${line.number}`, line.fault);
  }
}

function parseAnswer(text: string, place: string): RecordedAnswer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return refuse(place, `no JSON: ${(cause as Error).message}`);
  }
  const parsed = RecordedAnswer.safeParse(value);
  if (parsed.success) return parsed.data;
  return refuse(place, z.prettifyError(parsed.error).replace(/\s+/g, ' '));
}

function refuse(place: string, fault: string): never {
  throw new InvalidInputError(
    `${place} is no recorded answer: ${fault}; write { "promptId", "response" } on a line each`,
  );
}
