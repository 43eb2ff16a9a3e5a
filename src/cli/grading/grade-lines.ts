import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readLines, type TextLine } from '../../base/read-lines.ts';
import { toTerminalText } from '../../base/terminal-text.ts';
import type { GradeOptions } from '../../rewards/index.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { gradePair } from './grade-pair.ts';

/** A line of the input; `answer` is a bare answer or a whole response, `question` what it may repeat. */
export const GradeRequest = z.object({
  id: z.union([z.string(), z.number()]),
  gold: z.string().min(1),
  answer: z.string(),
  options: z.array(z.string()).optional(),
  question: z.string().optional(),
});
export type GradeRequest = z.infer<typeof GradeRequest>;

/**
 * Grades a JSONL file, or standard input for `-`, line by line: verdicts come in the order of the lines, and no more than
 * a line is held. A line that is no request or has a bad gold is named on standard error, and at the end InvalidInputError
 * says how many there were.
 */
export async function gradeLines(
  file: string,
  options: GradeOptions,
  output: NodeJS.WritableStream = process.stdout,
): Promise<void> {
  const input = file === '-' ? process.stdin : await openFile(file);
  const name = file === '-' ? 'standard input' : file;
  const count = { lines: 0, refused: 0 };
  try {
    await pipeline(verdictLines(input, name, options, count), output, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
  if (count.refused === 0) return;
  throw new InvalidInputError(
    `${count.refused} of ${count.lines} lines of ${name} were not graded; each is named above`,
  );
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

async function* verdictLines(
  input: AsyncIterable<string | Buffer>,
  name: string,
  options: GradeOptions,
  count: { lines: number; refused: number },
): AsyncGenerator<string> {
  for await (const line of readLines(input, Number.POSITIVE_INFINITY)) {
    if ('text' in line && line.text.trim() === '') continue;
    count.lines += 1;
    try {
      yield `${JSON.stringify(gradeLine(line, `${name}:${line.number}`, options))}\n`;
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      count.refused += 1;
      console.error(toTerminalText(error.message));
    }
  }
}

function gradeLine(line: TextLine, place: string, options: GradeOptions) {
  if ('fault' in line) throw new InvalidInputError(`${place}: ${line.fault}`);
  const { id, ...pair } = parseRequest(line.text, place);
  return { id, ...gradePair(pair, place, options) };
}

function parseRequest(text: string, place: string): GradeRequest {
  try {
    return GradeRequest.parse(JSON.parse(text));
  } catch (cause) {
    const detail = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new InvalidInputError(`${place} is no {id, gold, answer, options?, question?}: ${detail}`, { cause });
  }
}
