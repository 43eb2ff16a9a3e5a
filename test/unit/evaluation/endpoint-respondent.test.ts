import { join } from 'node:path';
import { openBenchmark } from '../../../src/benchmarks/index.ts';
import { openEndpointRespondent } from '../../../src/evaluation/endpoint-respondent.ts';
import { evaluate } from '../../../src/evaluation/evaluate.ts';
import { keepEvaluationPrompts } from '../../../src/evaluation/keep-prompts.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { chatReply, type LocalEndpoint, startEndpoint } from '../../support/local-endpoint.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const benchmark = openBenchmark('benchmark', { name: 'held-out', options: {} }, { gradeOptions: {} });
const sampling = { temperature: 0.5, topP: 1, topK: 0, maxNewTokens: 32 };

let endpoint: LocalEndpoint;
beforeEach(async () => {
  endpoint = await startEndpoint();
});
afterEach(() => endpoint.close());

const open = (samples: number, environment: Record<string, string> = { KEY: 'a-secret' }) =>
  openEndpointRespondent(
    { url: `${endpoint.url}/v1`, model: 'm', apiKeyVariable: 'KEY' },
    samples,
    (name) => environment[name],
  );

async function evaluateIn(name: string, samples: number, systemPrompt?: string) {
  const place = join(folder, name);
  const store = createLocalStore(place);
  const prompts = await keepEvaluationPrompts(store, place, 'examples/dataset');
  const plan = { completionsPerPrompt: samples, sampling, systemPrompt, seed: 0 };
  const task = { store, benchmark, prompts, respondent: open(samples), plan, report: () => {} };
  return { prompts, score: await evaluate(task) };
}

describe('a model behind an endpoint', () => {
  it("is shown the question and its images, and nothing else; tokens are the endpoint's", async () => {
    endpoint.answer = () => chatReply('\\boxed{987654}', [100, 7]);
    const { prompts, score } = await evaluateIn('asked', 2);
    expect(score).toMatchObject({ accuracy: 0, n: prompts.length, meanTokens: 7 });
    expect(endpoint.requests).toHaveLength(2 * prompts.length);
    expect(endpoint.mostAtOnce).toBeLessThanOrEqual(8);
    const [{ headers, body, path }] = endpoint.requests;
    expect([path, headers.authorization]).toEqual(['/v1/chat/completions', 'Bearer a-secret']);
    expect(body).toMatchObject({ model: 'm', temperature: 0.5, max_tokens: 32 });
    const asked = endpoint.requests.map(({ body }) => body.messages);
    expect(asked.every(([{ role }, ...more]) => role === 'user' && more.length === 0)).toBe(true);
    const images = asked.flatMap(([{ content }]) => (Array.isArray(content) ? content : []));
    expect(images.filter(({ type }) => type === 'image_url')).toHaveLength(
      2 * prompts.reduce((sum, prompt) => sum + prompt.images.length, 0),
    );
  });

  it('is told a system message where there is one, and asked nothing twice', async () => {
    endpoint.answer = () => chatReply('\\boxed{987654}');
    await evaluateIn('system', 1, 'Be brief.');
    expect(endpoint.requests[0].body.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    const { length } = endpoint.requests;
    await evaluateIn('system', 1, 'Be brief.');
    expect(endpoint.requests).toHaveLength(length);
  });

  it('that refuses one prompt has answered it wrong; one that refuses all is an error, and keeps no answers', async () => {
    const refusal = { status: 400, body: { error: { message: 'too long' } } };
    endpoint.answer = (_, index) => (index === 0 ? refusal : chatReply('\\boxed{987654}'));
    const { score, prompts } = await evaluateIn('one', 1);
    expect(score.n).toBe(prompts.length);
    endpoint.answer = () => refusal;
    await expect(evaluateIn('all', 1)).rejects.toThrow(/answers none of \d+ prompts: .*too long/);
    expect(await createLocalStore(join(folder, 'all')).list('answers/')).toEqual([]);
  });

  it('needs a URL, and its key in the environment', () => {
    expect(() => open(1, {})).toThrow(/KEY, which is not set/);
    expect(() => openEndpointRespondent({ url: 'here', model: 'm' }, 1, () => undefined)).toThrow(/^--endpoint: /);
  });
});
