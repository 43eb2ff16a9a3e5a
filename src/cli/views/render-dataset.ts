import { alignColumns, TEXT } from '../../base/table.ts';
import type { AnnotateSummary } from '../../datasets/annotate/annotate-dataset.ts';
import type { DatasetSummary, Spread, TokenCounter } from '../../datasets/check-dataset.ts';

/** A dataset's summary for a terminal; faults come last, one a line. */
export function renderDataset(summary: DatasetSummary, { title }: Pick<TokenCounter, 'title'>): string {
  const { prompts, images, imageTokens, compositeImages, faults } = summary;
  const sizes = [
    ['width', `${renderSpread(summary.width)} pixels`],
    ['height', `${renderSpread(summary.height)} pixels`],
    ['image tokens', `${renderSpread(imageTokens)}; ${imageTokens.total} in all (${title})`],
  ];
  const note = `${compositeImages.length} prompts mark several figures of their one image (first: ${compositeImages[0]})`;
  const rows = [
    ['prompts', `${prompts}: ${summary.textOnly} text-only, ${summary.severalImages} with several images`],
    ['answers', `${describeAnswers(summary)}; ${summary.withSolution} with a solution`],
    ['tiers', renderCounts(summary.tiers)],
    ['images', [String(images), renderCounts(summary.formats)].filter(Boolean).join(': ')],
    ...(images > 0 ? sizes : []),
    ...(compositeImages.length > 0 ? [['note', note]] : []),
    ['faults', String(faults.length)],
  ];
  const table = alignColumns(rows, [{ align: 'left', least: 'image tokens'.length }, TEXT]);
  return [...table, ...faults.map(({ place, message }) => `${place}: ${message}`)].join('\n');
}

const describeAnswers = ({ prompts, multipleChoice }: DatasetSummary) =>
  `${multipleChoice} multiple choice, ${prompts - multipleChoice} free`;

const renderSpread = ({ least, median, most }: Spread) => `${least} to ${most}, median ${median}`;

const renderCounts = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

/** What came of the prompts, what it took, and the file written. */
export function renderAnnotation(summary: AnnotateSummary): string {
  const { prompts, annotated, annotatedBefore, withoutRightResponse, withoutFacts, facts, dollars } = summary;
  const others = [
    [annotatedBefore, 'had annotations'],
    [withoutRightResponse, 'have no right response'],
    [withoutFacts, 'gave no facts'],
  ] as const;
  const cost = dollars === undefined ? '' : `, $${dollars.toFixed(4)}`;
  return [
    `${annotated} of ${prompts} prompts annotated with ${facts} facts`,
    ...others.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`),
    `${summary.inputTokens} input and ${summary.outputTokens} output tokens${cost}`,
    summary.out,
  ].join('\n');
}
