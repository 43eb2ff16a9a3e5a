import { isEmpty } from '../field-names.ts';
import type { ForeignRow } from './foreign-row.ts';
import type { Importer } from './importer.ts';
import { readPlain, withoutColumns } from './plain.ts';

/** What a benchmark's published file has beside questions and answers. */
interface PublishedForm {
  /** Columns that the benchmark's rules go by: they become the prompt's `details`. */
  details: readonly string[];
  /** Columns that a record does without. */
  leaves?: readonly string[];
  /** The row under the names that records have (docs/data.md); as it stands where absent. */
  rename?(row: ForeignRow): ForeignRow;
}

const aBenchmark = (name: string, { details, leaves = [], rename = (row) => row }: PublishedForm): Importer => ({
  name,
  findSign: () => undefined,
  read(row) {
    const renamed = withoutColumns(rename(row), leaves);
    const { fields, ...rest } = readPlain(renamed);
    return { ...rest, fields: { ...withoutColumns(fields, details), details: pickColumns(renamed, details) } };
  },
});

/** The columns of a row that hold something. */
export const pickColumns = (row: ForeignRow, columns: readonly string[]): ForeignRow =>
  Object.fromEntries(columns.filter((column) => !isEmpty(row[column])).map((column) => [column, row[column]]));

/** MathVision: `id`, `question`, `options`, `answer`, `solution`, `level`, `subject`, `image`. */
const mathvision = aBenchmark('mathvision', {
  details: ['subject', 'level'],
  rename: (row) => ({ ...row, tier: row.subject }),
});

/** We-Math: `ID` of a problem, `key` (`2steps_1`, `3steps_multi`), `option` (`A. ..;B. ..`), `knowledge concept`, `image_path`. */
const weMath = aBenchmark('we-math', {
  details: ['ID', 'key', 'knowledge concept'],
  leaves: ['option'],
  rename: (row) => ({ ...row, id: `${row.ID}-${row.key}`, options: splitOptions(row.option), tier: row.key }),
});

/** `A. 1 cm;B. 2; 3 cm` as `['1 cm', '2; 3 cm']`; undefined where it is no such text. */
function splitOptions(option: unknown): string[] | undefined {
  const parts = String(option ?? '')
    .split(/(?:^|;)\s*[A-H]\.\s*/)
    .slice(1);
  return parts.length < 2 ? undefined : parts.map((part) => part.trim());
}

/** MathVista: an object by `pid`, `metadata` in each record; `query` is the prompt, which the benchmark writes itself here. */
const mathvista = aBenchmark('mathvista', {
  details: [
    ...['question_type', 'answer_type', 'precision', 'unit'],
    ...['language', 'source', 'category', 'task', 'context', 'grade', 'skills'],
  ],
  leaves: ['query', 'metadata', 'split', 'img_height', 'img_width'],
  rename: (row) => {
    const metadata = readMetadata(row.metadata);
    return { ...row, ...metadata, tier: metadata.task };
  },
});

/** MathVerse: five versions of a problem, the question of `Vision Only` in its image alone; `query_cot` is the prompt. */
const mathverse = aBenchmark('mathverse', {
  details: [
    ...['problem_index', 'problem_version', 'question_type', 'subject', 'subfield', 'source'],
    ...['query_cot', 'question_for_eval'],
  ],
  leaves: ['query_wo', 'metadata', 'split'],
  rename: (row) => {
    const question = [row.question, row.query_cot, row.query_wo].find((text) => !isEmpty(text));
    return { ...row, ...readMetadata(row.metadata), question, tier: row.problem_version };
  },
});

/** The object in a column, or in the text that Python makes of one. */
export function readMetadata(value: unknown): ForeignRow {
  if (typeof value === 'object' && value !== null) return { ...value };
  try {
    return JSON.parse(String(value).replaceAll("'", '"'));
  } catch {
    return {};
  }
}

/** MMMU: options as a text, `<image 1>` marks, `image_1` to `image_7`; the subject is in the id, `validation_Art_Theory_12`. */
const mmmu = aBenchmark('mmmu', {
  details: ['question_type', 'subject', 'subfield', 'topic_difficulty', 'img_type'],
  leaves: ['explanation'],
  rename: (row) => {
    const subject = /^[a-z]+_(.+)_\d+$/.exec(String(row.id ?? ''))?.[1];
    return { ...row, subject, tier: subject };
  },
});

/** LogicVista: an object by id, images by `imagename` below `images/`. */
const logicvista = aBenchmark('logicvista', {
  details: ['skill', 'capability', 'broad_capability'],
  leaves: ['reasoning', 'imagesource', 'sourcelink'],
  rename: (row) => ({ ...row, tier: [row.skill].flat().join(', ') }),
});

/** DynaMath: an object by the id of a question; in the ten tables of its variants `ground_truth` is the answer. */
const dynamath = aBenchmark('dynamath', {
  details: ['qid', 'varid', 'answer_type', 'subject', 'level', 'knowledge_level'],
  rename: (row) => ({ ...row, qid: row.qid ?? row.id, tier: row.subject }),
});

/** The published files of benchmarks (docs/evaluation.md), by the names of those. */
export const BENCHMARK_FILES: readonly Importer[] = [
  ...[mathvision, weMath, mathvista, mathverse, mmmu, logicvista, dynamath],
];
