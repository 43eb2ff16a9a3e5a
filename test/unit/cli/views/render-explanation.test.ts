import { renderExplanation } from '../../../../src/cli/views/render-explanation.ts';
import { aPrompt, aResponse } from '../../../support/factories.ts';

describe('an explanation of what an expert gave', () => {
  it('says what was asked, by which decision, who answered, and what that took', () => {
    const exampleId = 'prompt-1-expert';
    const text = renderExplanation({
      exampleId,
      runId: 'run-1',
      index: {
        key: 'index.jsonl',
        record: { exampleId, source: 'expert', promptId: 'prompt-1', shard: 'sft-00000-of-00001.tar', order: 4 },
      },
      prompt: { key: 'prompts.jsonl', record: aPrompt() },
      decision: {
        key: 'decisions.jsonl',
        record: {
          promptId: 'prompt-1',
          policy: { folder: 'models/base/' },
          groupSize: 1,
          correct: 0,
          passRate: 0,
          interval: { low: 0, high: 0.8 },
          rule: { decideBy: 'pass-rate', selfDistillMin: 0, masteredMin: 1 },
          rewards: { accuracy: 'accuracy@5' },
          branch: 'expert',
          because: '0 of 1 right: nothing of its own to learn from',
          trajectories: [{ trajectoryIndex: 0, seed: 3, outcome: 'wrong', because: 'its answer is not right' }],
          examples: [exampleId],
        },
      },
      source: {
        kind: 'expert',
        answer: {
          key: 'answers.jsonl',
          record: {
            promptId: 'prompt-1',
            provider: 'endpoint',
            response: aResponse('7'),
            isVerified: true,
            evidence: 'correct',
            consultation: {
              ...{ model: 'nova', answer: 0, attempt: 2, replies: 3 },
              ...{ inputTokens: 1730, outputTokens: 702, dollars: 0.0036, waitSeconds: 11.9 },
            },
          },
        },
      },
      manifests: [{ key: 'manifest.json', sha256: 'ab12' }],
    });
    expect(text).toBe(`\
example   prompt-1-expert, sft-00000-of-00001.tar, number 5 in training
run       run-1
prompt    prompt-1: How many?
answer    7
decision  expert: 0 of 1 right: nothing of its own to learn from
rule      pass-rate, selfDistillMin 0, masteredMin 1
response  <think>I count.</think> <answer>\\boxed{7}</answer>
expert    endpoint, nova, answer 0 at attempt 2 of 3 replies, 1730 tokens in and 702 out, $0.0036, 11.9 s
verdict   correct
policy    models/base/
rewards   accuracy@5

All trajectories of the prompt
  0 wrong  its answer is not right

Files
  index.jsonl
  decisions.jsonl
  prompts.jsonl
  answers.jsonl

Manifests (sha256)
  ab12  manifest.json`);
  });
});
