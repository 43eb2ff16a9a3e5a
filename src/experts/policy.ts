import { ExpertPolicy } from '../schema/config/expert-policy.ts';
import type { ExpertUsage } from '../schema/expert-answer.ts';
import type { ExpertSample } from '../schema/expert-sample.ts';
import type { Expert } from './expert.ts';

/**
 * Another model on our own engine: a job of the run has sampled its answers to the prompts before they are verified here. It is
 * told nothing of what was wrong: its next sample is another try.
 */
export const policy: Expert<ExpertPolicy> = {
  name: 'policy',
  version: '2',
  options: ExpertPolicy,
  folders: { model: 'config.json', adapter: 'adapter_config.json' },
  // All that a prompt has.
  defaults: { maxAttempts: Number.POSITIVE_INFINITY, toleratedShare: 1 },
  create({ model, adapter }, { readSamples }) {
    const samplesOf = new Map<string, ExpertSample[]>();
    return {
      variant: [model, ...(adapter === undefined ? [] : [adapter])].join(' + '),
      async prepare() {
        for (const sample of (await readSamples?.()) ?? []) {
          const earlier = samplesOf.get(sample.promptId);
          if (earlier) earlier.push(sample);
          else samplesOf.set(sample.promptId, [sample]);
        }
      },
      async reply({ prompt, replies }) {
        const sample = samplesOf.get(prompt.promptId)?.[replies];
        if (!sample) return { kind: 'silent' };
        const flaw = sample.finishReason === 'length' ? { flaw: 'it was cut at its longest length' } : {};
        return { kind: 'answered', response: sample.text, ...flaw, usage: usageOf(model, sample) };
      },
    };
  },
};

/** What a sample took: of the tokens of its prompt, which is read once, the first one's are counted. Nobody waited for it. */
const usageOf = (model: string, { index, inputTokens, outputTokens }: ExpertSample): ExpertUsage => ({
  model,
  inputTokens: index === 0 ? inputTokens : 0,
  outputTokens,
  waitSeconds: 0,
});
