import type { Finding } from '../../base/finding.ts';
import { alignColumns, TEXT } from '../../base/table.ts';

/** What `rise doctor` says in the end. */
export interface Verdicts {
  ready: string;
  lacking: string;
}

/** What there is, a remedy below what is missing, and the verdict. */
export function renderFindings(findings: readonly Finding[], { ready, lacking }: Verdicts): string {
  const rows = findings.flatMap(({ name, value, remedy }) => [
    [name, value],
    ...(remedy === undefined ? [] : [['', `-> ${remedy}`]]),
  ]);
  const isReady = findings.every(({ remedy }) => remedy === undefined);
  return [...alignColumns(rows, [TEXT]), '', isReady ? ready : lacking].join('\n');
}
