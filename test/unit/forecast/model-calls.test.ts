import { describeCalls } from '../../../src/cli/views/describe-calls.ts';
import { DEFAULT_ASSUMPTIONS } from '../../../src/forecast/assumptions.ts';
import { forecastCalls } from '../../../src/forecast/model-calls.ts';
import { guessPolicyBytes } from '../../../src/forecast/policy-bytes.ts';
import { simulateRun } from '../../../src/forecast/simulate-run.ts';
import { readDefinition } from '../../../src/local/definition.ts';
import { priceConsultation } from '../../../src/stages/check-budget/consultation-price.ts';
import { aRunConfig } from '../../support/factories.ts';

const nova = { provider: 'bedrock', model: 'eu.amazon.nova-pro-v1:0', maxOutputTokens: 4000 };
const price = { inputPerMillionTokens: 1, outputPerMillionTokens: 10 };
const assumptions = {
  ...DEFAULT_ASSUMPTIONS,
  ...guessPolicyBytes(aRunConfig(), 1e9),
  trainPrompts: 1000,
  evaluationPrompts: 10,
  tokensPerTrajectory: 500,
  tokensPerPrompt: 750,
};
const callsOf = (fields: Parameters<typeof aRunConfig>[0]) => forecastCalls(aRunConfig(fields), assumptions);

describe('what a run asks of models behind endpoints', () => {
  it('is nothing of experts that nobody pays by the token, nor of the matcher', () => {
    expect(callsOf({})).toEqual([]);
    expect(callsOf({ expert: { name: 'recorded', options: { path: 'answers.jsonl' } } })).toEqual([]);
    expect(callsOf({ rewards: { perception: { options: { judge: { provider: 'matcher' } } } } })).toEqual([]);
  });

  it('of the expert is the share that is never solved, with the answers that are asked for again', () => {
    const [asked] = callsOf({ expert: { name: 'endpoint', options: { ...nova, price } } });
    // 30 % of 1,000 prompts; a quarter of their answers twice, the second time with the first one shown.
    expect(asked).toMatchObject({ asker: 'expert', model: 'bedrock eu.amazon.nova-pro-v1:0', calls: 300 * 1.25 });
    expect(asked.inputTokens).toBe(300 * (1000 + 0.25 * (1000 + 1000)));
    expect(asked.outputTokens).toBe(300 * 1.25 * 1000);
    expect(asked.usd).toBeCloseTo((450_000 * 1 + 375_000 * 10) / 1e6);
  });

  it('of the expert stays within maxConsultations, and is so many answers a prompt', () => {
    const expert = { name: 'endpoint', options: { ...nova, price }, maxConsultations: 10, maxAttempts: 1 };
    expect(callsOf({ expert })[0].calls).toBe(10);
    expect(callsOf({ expert: { ...expert, answersPerPrompt: 3 } })[0].calls).toBe(30);
  });

  it('of a judge is a call for each trajectory that is scored', () => {
    const perception = {
      options: { judge: { provider: 'openai', baseUrl: 'https://api.openai.com/v1', model: 'gpt-4o' } },
    };
    const [asked, ...more] = callsOf({ rewards: { perception } });
    // Two iterations of 4 x 2, and 1,000 x 4 in the diagnosis.
    expect(asked).toMatchObject({
      asker: 'perception',
      calls: 4016,
      price: { source: 'list', inputPerMillionTokens: 2.5 },
    });
    expect(more).toEqual([]);
    expect(callsOf({ rewards: { perception: { ...perception, weight: 0 } } })).toEqual([]);
  });

  it('is paid by the config, else by the list, and else by nobody knows what', () => {
    const pricesOf = (options: object) =>
      callsOf({ expert: { name: 'endpoint', options: { ...nova, ...options } } })[0];
    expect(pricesOf({ price }).price).toEqual({ ...price, source: 'config' });
    expect(pricesOf({}).price).toEqual({ inputPerMillionTokens: 0.8, outputPerMillionTokens: 3.2, source: 'list' });
    const own = pricesOf({ provider: 'openai', model: 'gpt-4o', baseUrl: 'http://127.0.0.1:8000/v1' });
    expect(own).not.toHaveProperty('usd');
    expect(describeCalls(own)).toMatch(
      /^375 calls of openai gpt-4o, .*: no price is known; give price in its options$/,
    );
  });

  it('is part of what the simulated run costs', async () => {
    const config = aRunConfig({ expert: { name: 'endpoint', options: { ...nova, price } } });
    const { cost, calls } = await simulateRun(readDefinition(), config, assumptions);
    const without = await simulateRun(readDefinition(), aRunConfig(), assumptions);
    expect(cost.models).toBeCloseTo(calls[0].usd!);
    expect(cost.total - without.cost.total).toBeCloseTo(calls[0].usd!, 1);
  });

  it('is what the budget takes a consultation for, which knows no list', () => {
    const consultation = (options: object) => priceConsultation(aRunConfig({ expert: { name: 'endpoint', options } }));
    expect(consultation({ ...nova, price })).toBeCloseTo((1500 * 1 + 1250 * 10) / 1e6);
    expect(consultation(nova)).toBe(0);
  });
});
