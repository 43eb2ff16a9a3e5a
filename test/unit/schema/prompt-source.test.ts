import { MAX_TASKS, PromptSource } from '../../../src/schema/config/prompt-source.ts';

const parse = (tiers: Record<string, number>) =>
  PromptSource.safeParse({ kind: 'tasks', split: 'train', seed: 1, tiers });

describe('a source of rendered prompts', () => {
  it.each<Record<string, number>>([{ sum: MAX_TASKS }, { sum: MAX_TASKS - 1, read: 1 }])('may ask for %j', (tiers) => {
    expect(parse(tiers).success).toBe(true);
  });

  it.each<Record<string, number>>([{ sum: 1e12 }, { sum: MAX_TASKS, read: 1 }, { sum: 9e15, read: 9e15 }])(
    'may not ask for %j',
    (tiers) => {
      expect(parse(tiers).error?.issues[0].message).toMatch(/^more than 20000 prompts in all; ask for fewer/);
    },
  );
});
