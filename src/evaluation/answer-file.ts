import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { sha256Of } from '../base/hash.ts';
import { readLines } from '../base/read-lines.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { StoredAnswer } from '../schema/stored-answer.ts';
import type { Respondent } from './respondent.ts';

/** A line of a file of answers that were given elsewhere: `rise score` takes the same. */
const GivenAnswer = z.object({ promptId: z.string(), response: z.string() });

/**
 * Answers that were given elsewhere as a respondent: nothing is sampled. Throws `InvalidInputError` that names the line that is no
 * answer; a prompt of which the file has too few answers is an error when it is asked.
 */
export async function openAnswerFile(path: string, completionsPerPrompt: number): Promise<Respondent> {
  const answers = new Map<string, string[]>();
  const hashed: string[] = [];
  for await (const line of readLines(createReadStream(path))) {
    if ('fault' in line) throw new InvalidInputError(`${path}:${line.number}: ${line.fault}`);
    if (line.text.trim() === '') continue;
    const { promptId, response } = readAnswer(line.text, `${path}:${line.number}`);
    const own = answers.get(promptId) ?? [];
    answers.set(promptId, own);
    own.push(response);
    hashed.push(line.text);
  }
  return {
    identity: { answers: basename(path), sha256: sha256Of(Buffer.from(hashed.join('\n'))) },
    promptsPerBatch: Number.MAX_SAFE_INTEGER,
    async answer(_, prompts) {
      return prompts.flatMap(({ promptId }) => {
        const own = answers.get(promptId) ?? [];
        if (own.length >= completionsPerPrompt) return own.slice(0, completionsPerPrompt).map(asStored(promptId));
        const asked = `${completionsPerPrompt} to each prompt`;
        throw new InvalidInputError(
          `${path} has ${own.length} answers to ${promptId} and is to give ${asked}; add them`,
        );
      });
    },
    close: () => {},
  };
}

const asStored =
  (promptId: string) =>
  (text: string, sampleIndex: number): StoredAnswer => ({
    promptId,
    sampleIndex,
    text,
    tokenCount: 0,
    finishReason: 'stop',
  });

function readAnswer(text: string, place: string): z.infer<typeof GivenAnswer> {
  try {
    return GivenAnswer.parse(JSON.parse(text));
  } catch (cause) {
    throw new InvalidInputError(`${place}: no answer; write {"promptId": "...", "response": "..."} on each line`, {
      cause,
    });
  }
}
