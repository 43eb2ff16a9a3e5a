import { readList } from '../../base/list-text.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { isEmpty } from '../field-names.ts';
import { pickColumns, readMetadata } from './benchmarks.ts';
import type { ForeignRow } from './foreign-row.ts';
import { type ImageSource, readImages } from './image-source.ts';
import type { Importer } from './importer.ts';
import { withoutColumns } from './plain.ts';

const LETTERS = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');

/** An image of at most so many characters is the index of the row that has it. */
const MAX_REFERENCE = 64;

/**
 * VLMEvalKit's tables: `index`, `image` (base64, several as a list in Python's spelling, or another row's index), or
 * `image_path`; `hint` before `question`; options A to Z; `answer`; `category`, else `subject`, which becomes the tier; what
 * benchmarks go by, which becomes details.
 */
export const vlmevalkit: Importer = {
  name: 'vlmevalkit',
  findSign: (row) => (isEmpty(row.index) || isEmpty(row.question) ? undefined : 'index'),
  idOf: ({ index }) => (isEmpty(index) ? undefined : String(index)),
  read(row) {
    const { index, hint, answer, category, subject } = row;
    const question = [row.question, row.query_cot, row.query_wo].find((text) => !isEmpty(text));
    const options = readOptions(row);
    const rest = withoutColumns(row, [...KNOWN, ...LETTERS, ...DETAILS]);
    const details = pickColumns({ ...row, ...readMetadata(row.metadata) }, DETAILS);
    return {
      fields: {
        ...rest,
        id: index,
        // As VLMEvalKit asks it.
        question: isEmpty(hint) ? question : `Hint: ${hint}\nQuestion: ${question}`,
        ...(options.length > 0 && { options }),
        answer,
        tier: isEmpty(category) ? subject : category,
        ...(Object.keys(details).length > 0 && { details }),
      },
      images: readPictures(row),
      unread: isEmpty(row.image) || isEmpty(row.image_path) ? [] : ['image_path'],
    };
  },
};

const KNOWN = [
  ...['index', 'image', 'image_path', 'question', 'hint', 'answer'],
  ...['choices', 'answer_option', 'metadata', 'query_wo'],
];
/** Columns that benchmarks go by. */
const DETAILS = [
  ...['category', 'l2-category', 'l2_category', 'bench', 'split', 'subject'],
  // Of We-Math, DynaMath and LogicVista.
  ...['ID', 'key', 'knowledge concept', 'qid', 'varid', 'answer_type', 'knowledge_level', 'skill'],
  // Of MathVista, MathVerse and MMMU.
  ...['question_type', 'precision', 'unit', 'language', 'source', 'task', 'context', 'grade', 'skills'],
  ...['problem_index', 'problem_version', 'subfield', 'query_cot', 'question_for_eval', 'topic_difficulty'],
];

function readPictures({ image, image_path }: ForeignRow): ImageSource[] {
  const column = isEmpty(image) ? 'image_path' : 'image';
  const value = isEmpty(image) ? image_path : image;
  if (typeof value !== 'string') {
    throw new InvalidInputError('image is empty; give the picture, its path in image_path, or leave the row out');
  }
  const values = readList(value) ?? [value];
  if (column === 'image_path') return readImages(values, column);
  return values.map((one) => {
    if (values.length === 1 && one.length <= MAX_REFERENCE) return { kind: 'row', id: one };
    return { kind: 'base64', text: one.replace(/^data:[^,]*,/, '') };
  });
}

/** The options from A on, or those of `choices`. Throws where one is left out: the letters behind it would move. */
function readOptions(row: ForeignRow): unknown[] {
  const given = LETTERS.filter((letter) => !isEmpty(row[letter]));
  if (given.length === 0) return readList(String(row.choices ?? '')) ?? [];
  const gap = given.findIndex((letter, index) => letter !== LETTERS[index]);
  if (gap === -1) return given.map((letter) => row[letter]);
  throw new InvalidInputError(
    `${LETTERS[gap]} is empty and ${given[gap]} is not; give the options from A on, without a gap`,
  );
}
