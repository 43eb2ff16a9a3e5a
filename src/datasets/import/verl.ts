import { InvalidInputError } from '../../schema/errors.ts';
import { isEmpty } from '../field-names.ts';
import { readConversation, readExchange } from './conversation.ts';
import type { Importer } from './importer.ts';
import { withoutColumns } from './plain.ts';

/** Columns that are read here, or say how verl scores, which our rewards do. */
const OWN = ['data_source', 'ability', 'reward_model', 'extra_info'];

/** verl's RL: `prompt` as turns, `images`, the answer in `reward_model.ground_truth`; the id is the index of `extra_info`. */
export const verl: Importer = {
  name: 'verl',
  findSign: (row) => (isEmpty(row.reward_model) ? undefined : 'reward_model'),
  read(row) {
    const { data_source, ability, reward_model, extra_info } = row;
    const { ground_truth, style, ...scoring } = asObject(reward_model);
    const { id, index, split: _, ...extra } = asObject(extra_info);
    if (isEmpty(ground_truth)) {
      throw new InvalidInputError('reward_model.ground_truth is missing; give what is right, or leave the row out');
    }
    const { fields, images, unread } = readConversation(
      withoutColumns(row, OWN),
      'prompt',
      readExchange(row.prompt, 'prompt'),
    );
    const tier = isEmpty(ability) ? data_source : ability;
    return {
      fields: { ...named('id', id ?? index), ...named('tier', tier), ...fields, answer: ground_truth },
      images,
      unread: [
        ...unread,
        ...(isEmpty(ability) || isEmpty(data_source) ? [] : ['data_source']),
        ...(style === undefined || style === 'rule' ? [] : ['reward_model.style']),
        ...listNames(scoring, 'reward_model'),
        ...listNames(extra, 'extra_info'),
      ],
    };
  },
};

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

const named = (name: string, value: unknown) => (isEmpty(value) ? {} : { [name]: value });

const listNames = (value: Record<string, unknown>, column: string) =>
  Object.keys(value)
    .filter((name) => !isEmpty(value[name]))
    .map((name) => `${column}.${name}`);
