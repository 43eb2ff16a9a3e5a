import { readFileSync } from 'node:fs';
import { type ActiveExamination, openBenchmark } from '../../src/benchmarks/index.ts';
import { recordAnswer } from '../../src/benchmarks/record-answer.ts';
import { readFields } from '../../src/datasets/dataset-row.ts';
import { findImporter } from '../../src/datasets/import/importers.ts';
import type { Prompt } from '../../src/schema/prompt.ts';

/** Rows as a benchmark publishes them, and answers with the verdicts of its own rules (scripts/benchmarks/reference.py). */
interface Published {
  rows: Record<string, unknown>[];
  answers: { id: string; response: string; isCorrect: boolean }[];
}

/**
 * A benchmark with the fixture of its name, its rows read as `rise convert` reads them, without their images.
 * @param format of the rows, where it is not the benchmark's own
 */
export function openPublished<More = unknown>(name: string, format = name) {
  const place = `test/fixtures/benchmarks/${name}.json`;
  const published: Published & More = JSON.parse(readFileSync(place, 'utf8'));
  const importer = findImporter(format);
  const prompts = published.rows.map((row): Prompt => {
    const { promptId, imagePaths: _, unread: __, ...fields } = readFields(importer.read(row).fields);
    return { ...fields, promptId: promptId!, images: [] };
  });
  const promptOf = new Map(prompts.map((prompt) => [prompt.promptId, prompt]));
  const answers = published.answers.map(({ id, ...answer }) => ({ ...answer, prompt: promptOf.get(id)! }));
  return {
    published,
    prompts,
    answers,
    examination: openBenchmark('benchmark', { name, options: {} }, { gradeOptions: {} }),
  };
}

/** The record that an evaluation would keep of an answer. */
export const anAnswerRecord = (
  examination: ActiveExamination,
  { prompt, response }: { prompt: Prompt; response: string },
) => recordAnswer(examination, prompt, { text: response, tokenCount: 1 });
