import type { Spread } from '../../base/spread.ts';
import { alignColumns, TEXT } from '../../base/table.ts';
import { shorten, toTerminalText } from '../../base/terminal-text.ts';
import type { AnnotateSummary } from '../../datasets/annotate/annotate-dataset.ts';
import type { CheckedModel, DatasetSummary } from '../../datasets/check-dataset.ts';
import type { ConvertSummary } from '../../datasets/import/convert-dataset.ts';

/** Faults that a terminal is shown: `--json` has more of them. */
const SHOWN_FAULTS = 50;

/** A dataset's summary for a terminal; faults come last, one a line. */
export function renderDataset(summary: DatasetSummary, { title }: Pick<CheckedModel, 'title'>): string {
  const { prompts, images, imageTokens, compositeImages, unreadFields, faultCount } = summary;
  const sizes = [
    ['width', `${renderSpread(summary.width)} pixels`],
    ['height', `${renderSpread(summary.height)} pixels`],
    ['image tokens', `${renderSpread(imageTokens)}; ${imageTokens.total} in all (${title})`],
  ];
  const note = `${compositeImages.count} prompts mark several figures of their one image (first: ${compositeImages.first})`;
  const unread = renderCounts(unreadFields);
  const rows = [
    ['prompts', `${prompts}: ${summary.textOnly} text-only, ${summary.severalImages} with several images`],
    ['answers', `${describeAnswers(summary)}; ${summary.withSolution} with a solution`],
    ['tiers', renderCounts(summary.tiers)],
    ['images', [String(images), renderCounts(summary.formats)].filter(Boolean).join(': ')],
    ...(images > 0 ? sizes : []),
    ...(compositeImages.count > 0 ? [['note', note]] : []),
    ...(unread === '' ? [] : [['not read', unread]]),
    ['faults', String(faultCount)],
  ];
  const table = alignColumns(rows, [{ align: 'left', least: 'image tokens'.length }, TEXT]);
  return [...table, ...renderFaults(summary)].join('\n');
}

/** How many rows became prompts, and the new dataset as `renderDataset` shows it; the faults are those of rows left out. */
export function renderConversion(summary: ConvertSummary, model: Pick<CheckedModel, 'title'>): string {
  const { rows, prompts, from, out, imageFiles, solutionsLeftOut } = summary;
  const { count, first } = solutionsLeftOut;
  const into = out === undefined ? 'nothing was written' : `${toTerminalText(out)}, ${imageFiles} image files`;
  const lost = `${count} solutions left out, as SFT could not learn them; first ${first?.place}: ${first?.message}`;
  return [
    `${prompts} of ${rows} rows of ${from}: ${into}`,
    ...(count > 0 ? [toTerminalText(lost)] : []),
    renderDataset(summary, model),
  ].join('\n');
}

function renderFaults({ faults, faultCount }: DatasetSummary): string[] {
  const shown = faults.slice(0, SHOWN_FAULTS).map(({ place, message }) => toTerminalText(`${place}: ${message}`));
  return faultCount > shown.length ? [...shown, `and ${faultCount - shown.length} more`] : shown;
}

const describeAnswers = ({ prompts, multipleChoice }: DatasetSummary) =>
  `${multipleChoice} multiple choice, ${prompts - multipleChoice} free`;

const renderSpread = ({ least, median, most }: Spread) => `${least} to ${most}, median ${median}`;

const SHOWN_NAMES = 30;

function renderCounts(counts: Record<string, number>): string {
  const entries = Object.entries(counts).map(([name, count]) => `${shorten(name)} ${count}`);
  const more = entries.length > SHOWN_NAMES ? [`and ${entries.length - SHOWN_NAMES} more`] : [];
  return [...entries.slice(0, SHOWN_NAMES), ...more].join(', ');
}

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
