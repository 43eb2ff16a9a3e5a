import { z } from 'zod';
import { shorten } from '../base/terminal-text.ts';
import { withoutLabels } from '../rewards/accuracy/option-labels.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Prompt } from '../schema/prompt.ts';
import { findConversation, gatherFields, isEmpty } from './field-names.ts';

const HALF_CHARACTER = 'holds half a character (an unpaired \\ud800 to \\udfff); write the whole one';

/** Text, or a number that JSON has not rounded. */
const text = z.unknown().transform((value, context): string => {
  const issue = findTextIssue(value);
  if (issue === undefined) return String(value);
  context.addIssue({ code: 'custom', message: issue });
  return z.NEVER;
});

const sentence = z
  .string({ error: ({ input }) => (input === undefined ? 'missing' : `${describeValue(input)} is no text`) })
  .refine((value) => value.isWellFormed(), HALF_CHARACTER);

/** Where a picture's file is, below the folder of the JSONL file; `{path}` as Hugging Face writes it. */
const imagePath = z.unknown().transform((value, context): string => {
  if (typeof value === 'string' && value !== '') return value;
  const { path, bytes } = (value ?? {}) as { path?: unknown; bytes?: unknown };
  if (typeof path === 'string' && isEmpty(bytes)) return path;
  const found = isEmpty(bytes) ? describeValue(value) : 'a picture in the line itself (bytes)';
  context.addIssue({ code: 'custom', message: `${found} is no path; write the picture to a file and give its path` });
  return z.NEVER;
});

const options = z.preprocess(
  listOfLetters,
  z.array(text, { error: ({ input }) => `${describeValue(input)} is no list; write a list of texts, A first` }),
);
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (Array.isArray(value) ? value : [value]), z.array(item));

/** The fields of a record by our names; a level becomes `level 3`. */
const DatasetFields = z.object({
  promptId: text.optional(),
  question: sentence,
  images: list(imagePath).default([]),
  options: options.optional(),
  groundTruth: text.optional(),
  annotations: z.array(z.string(), { error: 'write a list of texts' }).optional(),
  solution: sentence.optional(),
  tier: text.optional(),
  details: z.record(z.string(), z.json()).optional(),
});

/** One line of a dataset file, read. */
export interface DatasetRow {
  /** Absent where the record has none. */
  promptId?: string;
  question: string;
  imagePaths: string[];
  groundTruth: string;
  tier?: string;
  options?: string[];
  annotations?: string[];
  solution?: string;
  details?: Prompt['details'];
  /** Fields that hold something and are not read. */
  unread: string[];
}

/** Reads one line of a dataset file, as `readFields` reads its record. */
export const parseRow = (line: string): DatasetRow => readFields(parseObject(line));

/**
 * Reads a record: our own names, or those of published data sets (`FIELD_NAMES`). Throws `InvalidInputError` that says all that
 * is wrong with it.
 */
export function readFields(row: Readonly<Record<string, unknown>>): DatasetRow {
  const conversation = findConversation(row);
  if (conversation !== undefined) {
    throw new InvalidInputError(
      `${conversation} is a conversation; a record is one question, {"id", "question", "images", "answer"} (docs/data.md): ` +
        'rise convert makes records of conversations',
    );
  }
  const { fields, unread, faults } = gatherFields(row);
  if (isEmpty(row.tier) && isEmpty(row.subject) && fields.tier !== undefined) fields.tier = `level ${row.level}`;
  const issues = [...faults, ...findIndexIssue(row)];
  const parsed = DatasetFields.safeParse(fields);
  if (!parsed.success) issues.push(...parsed.error.issues.map(describeIssue));
  if (fields.groundTruth === undefined) issues.push(describeMissingAnswer(fields));
  if (fields.question === undefined && unread.length > 0) {
    issues.push(`the fields ${shorten(unread.join(', '))} are not read (docs/data.md)`);
  }
  if (!parsed.success || issues.length > 0) throw new InvalidInputError([...new Set(issues)].join('; '));
  const { images: imagePaths, groundTruth, options, ...rest } = parsed.data;
  const unlabelled = options && { options: withoutLabels(options) };
  return { ...rest, ...unlabelled, imagePaths, groundTruth: groundTruth!, unread };
}

/** The image paths of a line, as far as it can be read. */
export function imagePathsOf(line: string): string[] {
  try {
    return list(imagePath).parse(gatherFields(parseObject(line)).fields.images ?? []);
  } catch {
    return [];
  }
}

/** Throws `InvalidInputError` where a line is no object. */
export function parseObject(line: string): Record<string, unknown> {
  const value = parseJson(line);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const remedy = Array.isArray(value) ? 'write each element as a line of its own' : 'write one JSON object a line';
  throw new InvalidInputError(`the line is ${describeValue(value)}, no record; ${remedy}`);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new InvalidInputError(`no JSON: ${describeSyntax(line, (cause as Error).message)}`, { cause });
  }
}

function describeSyntax(line: string, message: string): string {
  if (/[}\]]\s*\r\s*[{[]/.test(line)) return 'lines end with a carriage return alone; end them with a line feed';
  if (line.includes('\0')) return 'the line holds NUL bytes; save the file as UTF-8';
  if (/^\s*[{[]\s*$/.test(line)) return 'a record is one line; write {...} without line breaks';
  return shorten(message, 160);
}

/** A number beside `choices` is an index in some data sets and a text in others. */
function findIndexIssue(row: Record<string, unknown>): string[] {
  if (typeof row.answer !== 'number' || isEmpty(row.choices)) return [];
  return [`answer: ${row.answer} beside choices may be an index or a text; write the letter, or the text in quotes`];
}

function describeMissingAnswer({ solution }: { solution?: unknown }): string {
  const hint = solution === undefined ? '' : '; a solution is a worked one, and its answer stands in answer';
  return `groundTruth (or answer) is missing${hint}`;
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const place = path.join('.');
  return `${place === 'groundTruth' ? 'groundTruth (or answer)' : place}: ${message}`;
}

function findTextIssue(value: unknown): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : HALF_CHARACTER;
  if (typeof value !== 'number') return `${describeValue(value)} is neither text nor a number; write it in quotes`;
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return undefined;
  return 'a number beyond 2^53 loses digits; write it as a string';
}

/** `{"A": "red", "B": "blue"}` as the list of its texts, where the letters are in order. */
function listOfLetters(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const isInOrder = Object.keys(value).every((key, index) => key === String.fromCharCode(65 + index));
  return isInOrder ? Object.values(value) : value;
}

function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return value === '' ? 'empty' : `the text ${JSON.stringify(shorten(value))}`;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
}
