import { alignColumns, TEXT } from '../../base/table.ts';
import type { Amount, BudgetCheck } from '../../schema/budget.ts';

/** What a run that has stopped at its budget had spent, what it would need, and how it goes on. */
export function renderBudgetStop({ runId, next, budget, spent, needed }: BudgetCheck, command: string): string {
  const { usd, hours } = budget;
  const rows = [
    ['  spent', ...cells(spent)],
    ['  needed', ...cells(needed), 'for what comes next'],
    [
      '  budget',
      hours === undefined ? 'any hours' : `${figure(hours)} h`,
      usd === undefined ? 'any cost' : `${figure(usd)} USD`,
    ],
  ];
  const atLeast = [
    ...(hours === undefined ? [] : [`--budget-hours ${figure(spent.hours + needed.hours, Math.ceil)}`]),
    ...(usd === undefined ? [] : [`--budget-usd ${figure(spent.usd + needed.usd, Math.ceil)}`]),
  ];
  return [
    `run ${runId} has stopped at its budget, before ${next}`,
    ...alignColumns(rows, [TEXT, TEXT, TEXT, TEXT]),
    `go on with  ${command} ${atLeast.join(' ')}  or more`,
  ].join('\n');
}

const cells = ({ usd, hours }: Amount) => [`${figure(hours)} h`, `${figure(usd)} USD`];

/** To three digits, or to cents. */
function figure(value: number, round: (value: number) => number = Math.round): string {
  const digits = value >= 1 || value === 0 ? 2 : 2 - Math.floor(Math.log10(value));
  return (round(value * 10 ** digits) / 10 ** digits).toFixed(digits);
}
