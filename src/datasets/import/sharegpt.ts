import { InvalidInputError } from '../../schema/errors.ts';
import { isEmpty } from '../field-names.ts';
import { readConversation, readExchange } from './conversation.ts';
import type { ForeignRow } from './foreign-row.ts';
import type { Importer } from './importer.ts';

const COLUMNS = ['conversations', 'conversation'];

/** ShareGPT and what follows it (LLaVA, LLaMA-Factory): `conversations: [{from: human | gpt, value}]`, `<image>` in the text. */
export const sharegpt: Importer = {
  name: 'sharegpt',
  findSign: findColumn,
  read(row) {
    const column = findColumn(row);
    if (column === undefined) {
      throw new InvalidInputError('has no conversations; give [{"from": "human", "value"}], or another --from');
    }
    return readConversation(row, column, readExchange(row[column], column));
  },
};

function findColumn(row: ForeignRow): string | undefined {
  return COLUMNS.find((name) => !isEmpty(row[name]));
}
