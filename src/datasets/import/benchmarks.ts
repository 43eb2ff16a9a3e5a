import { isEmpty } from '../field-names.ts';
import type { ForeignRow } from './foreign-row.ts';
import type { Importer } from './importer.ts';
import { readPlain, withoutColumns } from './plain.ts';

/** What a benchmark's published file has beside questions and answers. */
interface PublishedForm {
  /** Columns that the benchmark's rules go by: they become the prompt's `details`. */
  details: readonly string[];
  /** Fields that are made of a row's columns, and the columns that they are made of. */
  make?: { from: readonly string[]; fields(row: ForeignRow): Record<string, unknown> };
}

const aBenchmark = (name: string, { details, make }: PublishedForm): Importer => ({
  name,
  findSign: () => undefined,
  read(row) {
    const { fields, ...rest } = readPlain(row);
    const plain = withoutColumns(fields, [...details, ...(make?.from ?? [])]);
    return { ...rest, fields: { ...plain, ...make?.fields(row), details: pickColumns(row, details) } };
  },
});

/** The columns of a row that hold something. */
export const pickColumns = (row: ForeignRow, columns: readonly string[]): ForeignRow =>
  Object.fromEntries(columns.filter((column) => !isEmpty(row[column])).map((column) => [column, row[column]]));

/** MathVision: `id`, `question`, `options`, `answer`, `solution`, `level`, `subject`, `image`. */
const mathvision = aBenchmark('mathvision', {
  details: ['subject', 'level'],
  make: { from: [], fields: ({ subject }) => ({ tier: subject }) },
});

/** We-Math: `ID` of a problem, `key` (`2steps_1`, `3steps_multi`), `option` (`A. ..;B. ..`), `knowledge concept`, `image_path`. */
const weMath = aBenchmark('we-math', {
  details: ['ID', 'key', 'knowledge concept'],
  make: {
    from: ['option'],
    fields: ({ ID, key, option }) => ({ id: `${ID}-${key}`, options: splitOptions(option), tier: key }),
  },
});

/** `A. 1 cm;B. 2; 3 cm` as `['1 cm', '2; 3 cm']`; undefined where it is no such text. */
function splitOptions(option: unknown): string[] | undefined {
  const parts = String(option ?? '')
    .split(/(?:^|;)\s*[A-H]\.\s*/)
    .slice(1);
  return parts.length < 2 ? undefined : parts.map((part) => part.trim());
}

/** The published files of benchmarks (docs/evaluation.md), by the names of those. */
export const BENCHMARK_FILES: readonly Importer[] = [mathvision, weMath];
