import { alignColumns, FIGURE, TEXT } from '../../src/base/table.ts';
import type { Precision } from '../../src/engine/runtime/rewrites/mixed-precision.ts';

/** What a bench measured of one thing, beside a rival or a target. */
export interface BenchCase {
  /** What ran: a model, a data set. */
  model: string;
  /** Ours through theirs. */
  ratio: number;
  ours: number;
  theirs: number;
  unit: string;
}

/** What a case is called: float32 goes without saying. */
export const caseName = (model: string, precision: Precision) => (precision === 'float32' ? model : `${model} bf16`);

/** Alternating runs behind each median. */
export const RUNS = 5;

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Prints aligned columns; numbers to three digits. */
export function printTable(header: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [header, ...rows].map((row) => row.map(show));
  for (const line of alignColumns(cells, [TEXT, FIGURE])) console.log(line);
}

/** Prints the cases as a table and, as the last line, for machines. */
export function printCases(name: string, cases: readonly BenchCase[]): void {
  const rows = cases.map(({ model, ours, theirs, ratio, unit }) => [model, ours, theirs, ratio, unit]);
  printTable(['', 'ours', 'theirs', 'ratio', 'unit'], rows);
  printResult(name, cases);
}

/** The last line, for machines. */
export function printResult(name: string, cases: readonly object[]): void {
  console.log(JSON.stringify({ name, cases }));
}

function show(value: string | number): string {
  if (typeof value === 'string' || Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
