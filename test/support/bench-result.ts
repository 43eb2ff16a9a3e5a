/** What a bench measured of one thing, beside a rival or a target. */
export interface BenchCase {
  /** What ran: a model, a data set. */
  model: string;
  /** Above 1, ours is better. */
  ratio: number;
  ours: number;
  theirs: number;
  unit: string;
}

/** Prints the cases as a table and, as the last line, as JSON for machines. */
export function printBenchResult(name: string, cases: readonly BenchCase[]): void {
  const rows = cases.map(({ model, ours, theirs, ratio, unit }) => [
    model,
    ...[ours, theirs].map((value) => value.toLocaleString('en', { maximumSignificantDigits: 4 })),
    `${ratio.toFixed(2)}x`,
    unit,
  ]);
  const table = [['', 'ours', 'theirs', 'ratio', 'unit'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const line = ([model, ...cells]: string[]) => {
    const unit = cells.pop();
    return `${model.padEnd(widths[0])}  ${cells.map((cell, index) => cell.padStart(widths[index + 1])).join('  ')}  ${unit}`;
  };
  console.log(`\n${table.map(line).join('\n')}`);
  console.log(JSON.stringify({ name, cases }));
}
