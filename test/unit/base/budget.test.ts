import { setTimeout as sleep } from 'node:timers/promises';
import { createBudget } from '../../../src/base/budget.ts';

describe('a budget', () => {
  it('keeps what is under way within its limit, and work in its order', async () => {
    const budget = createBudget(10);
    const started: number[] = [];
    let used = 0;
    let most = 0;
    const spend = (amount: number) =>
      budget.spend(amount, async () => {
        started.push(amount);
        used += Math.min(amount, 10);
        most = Math.max(most, used);
        await sleep(1);
        used -= Math.min(amount, 10);
        return amount;
      });
    expect(await Promise.all([4, 5, 3, 99, 1, 1].map(spend))).toEqual([4, 5, 3, 99, 1, 1]);
    expect(started).toEqual([4, 5, 3, 99, 1, 1]);
    expect(most).toBe(10);
  });

  it('gets back what failed work held', async () => {
    const budget = createBudget(1);
    await expect(budget.spend(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await budget.spend(1, async () => 'yes')).toBe('yes');
  });
});
