import { toTerminalText } from './terminal-text.ts';

/** How a column stands, and how wide it is at least, in characters. */
export interface Column {
  align: 'left' | 'right';
  least?: number;
}

/** Texts, which are read from their beginning, and figures, which are compared at their end. */
export const TEXT: Column = { align: 'left' };
export const FIGURE: Column = { align: 'right' };

/**
 * Rows of cells as lines of text, each column as wide as its widest cell and `gap` spaces from the next.
 * The last of `columns` stands for every column after it, too.
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  columns: readonly Column[],
  { gap = 2 }: { gap?: number } = {},
): string[] {
  const columnAt = (index: number) => columns[index] ?? columns[columns.length - 1];
  const widths: number[] = [];
  const texts = rows.map((row) => row.map(toLine));
  for (const row of texts) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? columnAt(index).least ?? 0, cell.length);
    }
  }
  const alignCell = (cell: string, index: number) =>
    columnAt(index).align === 'left' ? cell.padEnd(widths[index]) : cell.padStart(widths[index]);
  return texts.map((row) => row.map(alignCell).join(' '.repeat(gap)).trimEnd());
}

/** A cell may come from anywhere: nothing in it breaks the table or controls a terminal. */
const toLine = (cell: string) => toTerminalText(cell).replaceAll('\n', '\\n');
