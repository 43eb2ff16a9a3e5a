import { createReadStream } from 'node:fs';
import { readLines, type TextLine } from '../../base/read-lines.ts';
import { splitJsonList } from '../../base/split-json-list.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { freeBuffers } from '../../store/free-buffers.ts';
import { parseObject } from '../dataset-row.ts';
import { MAX_ROW_BYTES, type ReadRow } from './foreign-row.ts';

/** The rows of JSON lines, numbered by line, or of a JSON list, numbered by element. */
export async function* readJsonRows(file: string): AsyncGenerator<ReadRow> {
  const isList = await beginsList(file);
  const chunks = freeBuffers(createReadStream(file, { highWaterMark: 2 ** 20 }));
  for await (const line of isList ? splitJsonList(chunks, MAX_ROW_BYTES) : readLines(chunks, MAX_ROW_BYTES)) {
    if ('fault' in line || line.text.trim() !== '') yield readLine(line);
  }
}

function readLine(line: TextLine): ReadRow {
  const { number } = line;
  if ('fault' in line) return { number, fault: line.fault };
  try {
    return { number, row: parseObject(line.text) };
  } catch (error) {
    if (error instanceof InvalidInputError) return { number, fault: error.message };
    throw error;
  }
}

async function beginsList(file: string): Promise<boolean> {
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const [first] = /[^\s\uFEFF]/.exec(chunk) ?? [];
    if (first !== undefined) return first === '[';
  }
  return false;
}
