import { alignColumns, TEXT } from '../../base/table.ts';
import type { Finding } from '../../local/machine/finding.ts';

/** What this machine has, a remedy below what is missing, and the verdict. */
export function renderFindings(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ name, value, remedy }) => [
    [name, value],
    ...(remedy === undefined ? [] : [['', `-> ${remedy}`]]),
  ]);
  const isReady = findings.every(({ remedy }) => remedy === undefined);
  return [
    ...alignColumns(rows, [TEXT]),
    '',
    isReady ? 'The engine can run here.' : 'The engine cannot run here yet.',
  ].join('\n');
}
