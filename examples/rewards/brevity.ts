import type { DefineReward } from '../../src/rewards/reward.ts';

/**
 * A reward of one's own: 1 for a response of up to `words` words, falling to 0 at twice as many. In a run config:
 *
 *     rewards:
 *       brevity: { weight: 0.1, module: rewards/brevity.ts, options: { words: 300 } }
 */
const brevity: DefineReward<{ words: number }> = ({ z }) => ({
  name: 'brevity',
  version: '1',
  options: z.strictObject({ words: z.int().positive() }),
  create: ({ words }) => ({
    score(_prompt, { text }) {
      const count = text.split(/\s+/).filter(Boolean).length;
      const excess = Math.max(0, count - words) / words;
      return { value: Math.max(0, 1 - excess), evidence: `${count} words; the reward falls after ${words}` };
    },
  }),
  cases: [
    { name: 'short', options: { words: 4 }, trajectory: { text: 'one two three four' }, value: 1 },
    { name: 'half too long', options: { words: 4 }, trajectory: { text: 'one two three four five six' }, value: 0.5 },
    { name: 'far too long', options: { words: 1 }, trajectory: { text: 'one two three' }, value: 0 },
  ],
});

export default brevity;
