import { shorten } from '../../base/terminal-text.ts';
import { readGold } from '../../rewards/accuracy/gold/read-gold.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { FIELD_NAMES, isEmpty } from '../field-names.ts';
import type { ForeignRow } from './foreign-row.ts';
import { type ImageSource, readImages } from './image-source.ts';
import type { ImportedRow } from './importer.ts';
import { readPlain, withoutColumns } from './plain.ts';

/** One question of a conversation and what was answered. */
interface Exchange {
  question: string;
  /** That parts of the question hold themselves; others stand in a column of their own. */
  images: ImageSource[];
  response?: string;
  /** What of the conversation is not read. */
  unread: string[];
}

const ROLES: Record<string, 'system' | 'user' | 'assistant'> = {
  ...{ system: 'system', user: 'user', human: 'user', assistant: 'assistant', gpt: 'assistant', model: 'assistant' },
};

/** The one question of a conversation. Throws `InvalidInputError` where there are several, or turns of others. */
export function readExchange(value: unknown, column: string): Exchange {
  const turns = listTurns(value, column).map((turn) => readTurn(turn, column));
  const [questions, answers] = ['user', 'assistant'].map((wanted) => turns.filter(({ role }) => role === wanted));
  const isAnsweredFirst = answers.length > 0 && turns.indexOf(answers[0]) < turns.indexOf(questions[0]);
  if (questions.length !== 1 || answers.length > 1 || isAnsweredFirst) {
    const roles = shorten(turns.map(({ role }) => role).join(', '));
    throw new InvalidInputError(
      `${column}: the turns are ${roles}; a record is one question with one response at most, so write each as a row`,
    );
  }
  const [{ text: question, images }] = questions;
  const unread = turns.some(({ role, text }) => role === 'system' && text !== '') ? [`${column} (system prompt)`] : [];
  return { question, images, unread, ...(answers.length === 1 && { response: answers[0].text }) };
}

/** A list of turns, or the lists of their parts, as `datasets` writes a `Sequence` of them: `{role: [...], content: [...]}`. */
export function listTurns(value: unknown, column: string): unknown[] {
  if (Array.isArray(value)) return value;
  const lists = Object.entries(value ?? {}).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
  if (lists.length < 2) throw new InvalidInputError(`${column}: no list of turns; write [{role, content}]`);
  return lists[0][1].map((_, turn) => Object.fromEntries(lists.map(([name, list]) => [name, list[turn]])));
}

function readTurn(turn: unknown, column: string) {
  const { role: given, from, content, value } = (turn ?? {}) as Record<string, unknown>;
  const name = String(given ?? from);
  if (!Object.hasOwn(ROLES, name)) {
    throw new InvalidInputError(
      `${column}: a turn of ${JSON.stringify(name)}; only system, user and assistant are read`,
    );
  }
  return { role: ROLES[name], ...readContent(content ?? value, column) };
}

/** A text, or parts of texts and images: where a part is an image, its mark stands in the text. */
function readContent(content: unknown, column: string): { text: string; images: ImageSource[] } {
  if (typeof content === 'string') return { text: content, images: [] };
  if (!Array.isArray(content)) throw new InvalidInputError(`${column}: a turn without text; write {role, content}`);
  const images: ImageSource[] = [];
  const texts = content.map((part: Record<string, unknown>) => {
    if (typeof part === 'string') return part;
    if (typeof part?.text === 'string' && (part.type ?? 'text') === 'text') return part.text;
    const picture = [part?.image, part?.image_url, part?.url, part?.path].find((one) => !isEmpty(one));
    if (part?.type !== 'image' && part?.type !== 'image_url' && picture === undefined) {
      throw new InvalidInputError(
        `${column}: a part of type ${JSON.stringify(part?.type)}; only text and images are read`,
      );
    }
    if (picture !== undefined) images.push(...readImages(picture, column));
    return '<image>';
  });
  return { text: texts.join(''), images };
}

/**
 * A row whose question is in a conversation: the answer stands in a column of its own, where the response is the worked
 * solution, or else in the response.
 */
export function readConversation(row: ForeignRow, column: string, exchange: Exchange): ImportedRow {
  const names = FIELD_NAMES.question.filter((name) => name !== column && !isEmpty(row[name]));
  const { fields, images, unread } = readPlain(withoutColumns(row, [column, ...names]));
  if (images.length > 0 && exchange.images.length > 0) {
    throw new InvalidInputError(`${column} holds images, and a column beside it as well; keep one of them`);
  }
  const { question, response } = exchange;
  return {
    fields: { ...fields, question, ...(response !== undefined && readResponse(fields, response)) },
    images: exchange.images.length > 0 ? exchange.images : images,
    unread: [...exchange.unread, ...names, ...unread],
  };
}

/** What a response gives of a record: its answer where the row has none, and itself where it is more than that. */
function readResponse(fields: Readonly<Record<string, unknown>>, response: string) {
  const given = FIELD_NAMES.groundTruth.map((name) => fields[name]).find((value) => !isEmpty(value));
  if (given !== undefined) return String(given).trim() === response.trim() ? {} : { solution: response };
  const { answer, place } = readGold(response);
  return place === undefined ? { answer } : { answer, solution: response };
}
