import { InvalidInputError } from '../../schema/errors.ts';
import { FIELD_NAMES, isEmpty } from '../field-names.ts';
import { listTurns, readConversation, readExchange } from './conversation.ts';
import type { ForeignRow } from './foreign-row.ts';
import type { Importer } from './importer.ts';

/**
 * TRL, ms-swift and verl's SFT: `messages`, or `prompt` and `completion`, as turns or texts, with `images` beside. `solution`
 * is what rewards compare with: the answer, where no other column is.
 */
export const trl: Importer = {
  name: 'trl',
  findSign: (row) =>
    ['messages', 'prompt'].find((name) => Array.isArray(row[name]) && !isEmpty(row[name])) ??
    (isEmpty(row.completion) ? undefined : 'completion'),
  read(row) {
    const column = isEmpty(row.messages) ? 'prompt' : 'messages';
    if (isEmpty(row[column])) {
      throw new InvalidInputError(
        'has no messages and no prompt; give [{"role": "user", "content"}], or another --from',
      );
    }
    const turns = [...toTurns(row, column, 'user'), ...toTurns(row, 'completion', 'assistant')];
    const { completion: _, ...rest } = withAnswer(row);
    return readConversation(rest, column, readExchange(turns, column));
  },
};

/** A text is one turn. */
function toTurns(row: ForeignRow, column: string, role: string): unknown[] {
  const value = row[column];
  if (isEmpty(value)) return [];
  return typeof value === 'string' ? [{ role, content: value }] : listTurns(value, column);
}

function withAnswer({ solution, ...row }: ForeignRow): ForeignRow {
  const hasAnswer = FIELD_NAMES.groundTruth.some((name) => !isEmpty(row[name]));
  if (isEmpty(solution)) return row;
  return hasAnswer ? { ...row, solution } : { ...row, answer: solution };
}
