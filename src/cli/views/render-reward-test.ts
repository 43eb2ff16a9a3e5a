import { alignColumns, TEXT } from '../../base/table.ts';
import { describeCaseFault } from '../../rewards/user/check-case.ts';
import type { RewardTest } from '../../rewards/user/test-user-reward.ts';

/** What came of a reward's golden cases, in words. */
export function describeRewardTest({ reward, cases }: RewardTest) {
  return {
    reward,
    ready: cases.every(({ outcome }) => outcome.kind === 'holds'),
    cases: cases.map(({ name, outcome }) => ({ name, ...outcome, fault: describeCaseFault(outcome) })),
  };
}

/** A line for each golden case: what it gave and why, or what is wrong; then how many hold. */
export function renderRewardTest(test: RewardTest): string {
  const rows = test.cases.map(({ name, outcome }) => {
    const said = outcome.kind === 'holds' ? `${outcome.value} (${outcome.evidence})` : describeCaseFault(outcome)!;
    return [outcome.kind === 'holds' ? '  ok' : '  FAULT', name, said];
  });
  const held = test.cases.filter(({ outcome }) => outcome.kind === 'holds').length;
  return [test.reward, ...alignColumns(rows, [TEXT]), `${held} of ${rows.length} golden cases hold`].join('\n');
}
