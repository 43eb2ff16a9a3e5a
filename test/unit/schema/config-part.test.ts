import { restrictConfig, valuesAt } from '../../../src/schema/config/config-part.ts';
import { aRunConfig } from '../../support/factories.ts';

const config = aRunConfig();

describe('a part of a run config', () => {
  it('has what lies at its paths, sections and single fields', () => {
    const part = restrictConfig(config, ['seed', 'sampling', 'rl.groupSize', 'rewards.accuracy.options'], 'rollout');
    expect(part.seed).toBe(config.seed);
    expect(part.sampling).toEqual(config.sampling);
    expect(part.rl.groupSize).toBe(config.rl.groupSize);
    expect(part.rewards.accuracy.options).toEqual(config.rewards.accuracy.options);
    expect(JSON.parse(JSON.stringify(part))).toEqual({
      seed: config.seed,
      sampling: config.sampling,
      rl: { groupSize: config.rl.groupSize },
      rewards: { accuracy: { options: {} } },
    });
  });

  it.each<[string, (part: Record<string, Record<string, unknown>>) => unknown]>([
    ['sft', (part) => part.sft],
    ['rl.iterations', (part) => part.rl.iterations],
    ['rewards.format', (part) => part.rewards.format],
  ])('gives nobody %s that is at none of them, and names who asked', (path, read) => {
    const part = restrictConfig(config, ['rl.groupSize', 'rewards.accuracy.options'], 'rollout');
    expect(() => read(part as never)).toThrow(
      `rollout reads ${path} of the config, which its line in src/schema/stages.ts lacks`,
    );
  });

  it('is told by values at its paths, in an order that does not hang on how they are listed', () => {
    const listed = valuesAt(config, ['seed', 'policy.systemPrompt', 'rl.groupSize']);
    expect(Object.entries(listed)).toEqual([
      ['policy.systemPrompt', undefined],
      ['rl.groupSize', config.rl.groupSize],
      ['seed', config.seed],
    ]);
    expect(JSON.stringify(valuesAt(config, ['rl.groupSize', 'seed']))).toBe(
      JSON.stringify(valuesAt(config, ['seed', 'rl.groupSize'])),
    );
  });
});
