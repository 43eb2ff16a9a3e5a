import { createReadStream } from 'node:fs';
import { readLines, type TextLine } from '../../base/read-lines.ts';
import { splitJsonList } from '../../base/split-json-list.ts';
import { shorten } from '../../base/terminal-text.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { freeBuffers } from '../../store/free-buffers.ts';
import { parseObject } from '../dataset-row.ts';
import { type ForeignRow, MAX_ROW_BYTES, type ReadRow } from './foreign-row.ts';

/** How a file of JSON holds its rows: a line each, elements of one list, or entries of one object, by their ids. */
type Form = 'lines' | 'list' | 'entries';

/**
 * The rows of JSON lines, numbered by line, of a JSON list, or of a JSON object that holds each under its id, numbered by element.
 */
export async function* readJsonRows(file: string): AsyncGenerator<ReadRow> {
  const form = await findForm(file);
  const lines = form === 'lines' ? readLines(chunksOf(file), MAX_ROW_BYTES) : elementsOf(file);
  for await (const line of lines) {
    if ('fault' in line || line.text.trim() !== '') yield readLine(line, form === 'entries' ? parseEntry : parseObject);
  }
}

const chunksOf = (file: string) => freeBuffers(createReadStream(file, { highWaterMark: 2 ** 20 }));
const elementsOf = (file: string) => splitJsonList(chunksOf(file), MAX_ROW_BYTES);

function readLine(line: TextLine, parse: (text: string) => ForeignRow): ReadRow {
  const { number } = line;
  if ('fault' in line) return { number, fault: line.fault };
  try {
    return { number, row: parse(line.text) };
  } catch (error) {
    if (error instanceof InvalidInputError) return { number, fault: error.message };
    throw error;
  }
}

/** `"v1_0": {...}`: the record, with its key as its id where it has none. */
function parseEntry(text: string): ForeignRow {
  const [[id, record]] = Object.entries(parseObject(`{${text}}`));
  if (ENTRY.test(text)) return { id, ...(record as ForeignRow) };
  throw new InvalidInputError(`${shorten(JSON.stringify(id))} holds no record; write {"ID": {...}, ...}`);
}

const ENTRY = /^\s*"(?:[^"\\]|\\.)*"\s*:\s*\{/s;

/** A file that begins with an object holds rows by id where its first two values are objects: a line has texts as well. */
async function findForm(file: string): Promise<Form> {
  if ((await firstCharacter(file)) === '[') return 'list';
  let seen = 0;
  for await (const element of elementsOf(file)) {
    if ('fault' in element || !ENTRY.test(element.text)) return 'lines';
    seen += 1;
    if (seen === 2) return 'entries';
  }
  return 'lines';
}

async function firstCharacter(file: string): Promise<string | undefined> {
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const [first] = /[^\s\uFEFF]/.exec(chunk) ?? [];
    if (first !== undefined) return first;
  }
  return undefined;
}
