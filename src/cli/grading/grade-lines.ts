import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { InvalidInputError } from '../../schema/errors.ts';
import { gradePair } from './grade-pair.ts';

/** A line of the input; `answer` is a bare answer or a whole response. */
export const GradeRequest = z.object({
  id: z.union([z.string(), z.number()]),
  gold: z.string().min(1),
  answer: z.string(),
  options: z.array(z.string()).optional(),
});
export type GradeRequest = z.infer<typeof GradeRequest>;

/**
 * Grades a JSONL file, or standard input for `-`, line by line: verdicts come in the order of the lines, and no more than
 * a line is held. Throws InvalidInputError, with the line, at the first one that is no request or has a bad gold.
 */
export async function gradeLines(file: string, output: NodeJS.WritableStream = process.stdout): Promise<void> {
  const input = file === '-' ? process.stdin : await openFile(file);
  const name = file === '-' ? 'standard input' : file;
  try {
    await pipeline(verdictLines(input, name), output, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

async function openFile(file: string) {
  const handle = await open(file).catch((cause) => {
    throw new InvalidInputError(`${file} cannot be read; give a JSONL file, or - for standard input`, { cause });
  });
  if ((await handle.stat()).isDirectory()) {
    await handle.close();
    throw new InvalidInputError(`${file} is a folder; give a JSONL file, or - for standard input`);
  }
  return handle.createReadStream();
}

async function* verdictLines(input: NodeJS.ReadableStream, name: string): AsyncGenerator<string> {
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() !== '') yield `${JSON.stringify(gradeLine(text, `${name}:${line}`))}\n`;
  }
}

function gradeLine(text: string, place: string) {
  const { id, ...pair } = parseRequest(text, place);
  return { id, ...gradePair(pair, place) };
}

function parseRequest(text: string, place: string): GradeRequest {
  try {
    return GradeRequest.parse(JSON.parse(text));
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new InvalidInputError(`${place} is no {id, gold, answer, options?}: ${detail}`, { cause });
  }
}
