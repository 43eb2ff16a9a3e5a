import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import sharp from 'sharp';
import { packageRoot } from '../../src/base/package-root.ts';
import { answerPrompt } from '../../src/engine/answer-prompt.ts';
import { openEngine } from '../../src/engine/open-engine.ts';
import type { ContentPart, Turn } from '../../src/engine/processing/processor.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import { type ServedFolder, type ServeRequest, serveModel } from '../../src/server/serve-model.ts';
import type { AnsweredRequest } from '../../src/server/start-server.ts';
import { sendRequest } from '../support/http-request.ts';
import { startRise } from '../support/rise-command.ts';

const model = join(packageRoot, 'models/rise-tiny');
/** Of random weights: its answers seldom end by themselves. */
const rambling = join(packageRoot, 'test/fixtures/parity/one-image/checkpoint');
const chart = readFileSync(join(packageRoot, 'test/fixtures/parity/mixed/chart.png'));
const square = readFileSync(join(packageRoot, 'test/fixtures/parity/mixed/square.png'));
const question = 'What is the sum of the red bar and the blue bar?';

const dataUrl = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`;
const imagePart = (bytes: Buffer) => ({ type: 'image_url' as const, image_url: { url: dataUrl(bytes) } });
const textPart = (text: string) => ({ type: 'text' as const, text });
const asked = (...content: (ReturnType<typeof imagePart> | ReturnType<typeof textPart>)[]) => ({
  model: 'rise-tiny',
  messages: [{ role: 'user', content }] as ChatCompletionMessageParam[],
  max_tokens: 48,
});

const greedy = { ...asked(imagePart(chart), textPart(question)), temperature: 0 };
const content: ContentPart[] = [{ type: 'image', image: chart }, textPart(question)];
const sampling = { maxNewTokens: 48, topP: 1, topK: 0, precision: 'float32' as const };

function serve(settings: Partial<ServeRequest> = {}): Promise<ServedFolder> {
  const access = { host: '127.0.0.1' };
  const sizes = { maxTogether: 8, maxWaiting: 64, maxTokens: 4096 };
  return serveModel({ model, precision: 'float32', access, port: 0, ...sizes, ...settings });
}

const clientOf = ({ url }: Pick<ServedFolder, 'url'>, apiKey = 'any') =>
  new OpenAI({ baseURL: url, apiKey, maxRetries: 0 });

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("rise serve, asked by OpenAI's client", () => {
  let server: ServedFolder;
  let client: OpenAI;
  const answered: AnsweredRequest[] = [];
  beforeAll(async () => {
    server = await serve({ onAnswered: (request) => answered.push(request) });
    client = clientOf(server);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('names its model', async () => {
    const { data } = await client.models.list();
    expect(data).toEqual([{ id: 'rise-tiny', object: 'model', created: expect.any(Number), owned_by: 'metis-rise' }]);
    expect(await client.models.retrieve('rise-tiny')).toEqual(data[0]);
    await expect(client.models.retrieve('other')).rejects.toThrow('404');
  });

  it('gives the answer of rise generate, and counts its tokens', async () => {
    const expected = await answerPrompt(model, { ...sampling, content, temperature: 0, seed: 0 });
    const { choices, usage } = await client.chat.completions.create(greedy);
    expect(choices).toHaveLength(1);
    expect(choices[0].message).toEqual({ role: 'assistant', content: expected.text, refusal: null });
    expect(choices[0].finish_reason).toBe(expected.finishReason);
    const [prompt_tokens, completion_tokens] = [expected.promptTokenIds.length, expected.tokenIds.length];
    expect(usage).toEqual({ prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens });
    expect(answered.at(-1)).toMatchObject({ path: '/v1/chat/completions', status: 200, usage });
  });

  it.each([{ temperature: 1 }, { temperature: 0.7, top_p: 0.9 }])(
    'gives that of a seed too, whoever asks at the same time: %j',
    async (settings) => {
      const ours = { ...sampling, content, temperature: settings.temperature, topP: settings.top_p ?? 1 };
      const expected = await Promise.all([5, 6].map((seed) => answerPrompt(model, { ...ours, seed })));
      const [{ choices }] = await Promise.all([
        client.chat.completions.create({ ...greedy, ...settings, seed: 5, n: 2 }),
        client.chat.completions.create(greedy),
      ]);
      expect(choices.map(({ message }) => message.content)).toEqual(expected.map(({ text }) => text));
    },
  );

  it("gives log-probabilities equal to the engine's scoring, and the likeliest tokens", async () => {
    const engine = await openEngine(folderModelFiles(model), { engine: 'traced', precision: 'float32' });
    const prompt = await engine.processor.processPrompt({ content });
    const { tokenIds } = await answerPrompt(model, { ...sampling, content, temperature: 1, seed: 3 });
    const [scored] = engine.score([{ prompt, completionIds: tokenIds }], 1);
    engine[Symbol.dispose]();
    const request = { ...greedy, temperature: 1, seed: 3, logprobs: true };
    for (const top_logprobs of [0, 3]) {
      const { choices } = await client.chat.completions.create({ ...request, top_logprobs });
      const tokens = choices[0].logprobs!.content!;
      expect(tokens.map(({ token }) => token).join('')).toBe(choices[0].message.content);
      // All but the end token, which is no part of the text.
      expect(tokens).toHaveLength(tokenIds.length - 1);
      for (const [at, { token, logprob, bytes, top_logprobs: top }] of tokens.entries()) {
        expect(logprob).toBeCloseTo(scored[at], 4);
        expect(bytes).toEqual([...Buffer.from(token)]);
        expect(top).toHaveLength(top_logprobs);
        expect(top.map(({ logprob }) => logprob)).toEqual(top.map(({ logprob }) => logprob).toSorted((a, b) => b - a));
        for (const { logprob: other } of top.slice(0, 1)) expect(other).toBeGreaterThanOrEqual(logprob);
      }
    }
  });

  it('streams what it gives as a whole', async () => {
    const request = { ...greedy, temperature: 1, seed: 11, n: 2, logprobs: true };
    const whole = await client.chat.completions.create(request);
    const chunks = await collect(
      await client.chat.completions.create({ ...request, stream: true, stream_options: { include_usage: true } }),
    );
    const last = chunks.pop()!;
    expect(last).toMatchObject({ choices: [], usage: whole.usage });
    for (const { index, message, finish_reason, logprobs } of whole.choices) {
      const own = chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index);
      expect(own[0].delta).toEqual({ role: 'assistant', content: '' });
      expect(own.map(({ delta }) => delta.content ?? '').join('')).toBe(message.content);
      expect(own.flatMap((choice) => choice.logprobs?.content ?? [])).toEqual(logprobs!.content);
      expect(own.map((choice) => choice.finish_reason)).toEqual([...Array(own.length - 1).fill(null), finish_reason]);
      expect(own.length).toBeGreaterThan(5);
    }
  });

  it('ends at a stop text, at its length, and says which', async () => {
    const { choices: whole } = await client.chat.completions.create(greedy);
    const text = whole[0].message.content!;
    const stop = text.slice(10, 14);
    const { choices: stopped } = await client.chat.completions.create({ ...greedy, stop });
    expect(stopped[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: text.slice(0, text.indexOf(stop)) },
    });
    const { choices: cut, usage } = await client.chat.completions.create({ ...greedy, max_completion_tokens: 3 });
    expect(cut[0].finish_reason).toBe('length');
    expect(usage!.completion_tokens).toBe(3);
  });

  it('takes several turns and images, in their order', async () => {
    const messages: ChatCompletionMessageParam[] = [
      { role: 'system', content: 'Answer briefly.' },
      { role: 'user', content: [textPart('First: '), imagePart(chart), imagePart(square), textPart(question)] },
      { role: 'assistant', content: '<answer>\\boxed{7}</answer>' },
      { role: 'user', content: 'And the difference?' },
    ];
    const engine = await openEngine(folderModelFiles(model), { engine: 'traced', precision: 'float32' });
    const turns: Turn[] = [
      { role: 'system', content: 'Answer briefly.' },
      {
        role: 'user',
        content: [
          textPart('First: '),
          { type: 'image', image: chart },
          { type: 'image', image: square },
          textPart(question),
        ],
      },
      { role: 'assistant', content: '<answer>\\boxed{7}</answer>' },
      { role: 'user', content: [textPart('And the difference?')] },
    ];
    const prompt = await engine.processor.processConversation(turns);
    const settings = {
      temperature: 0,
      topP: 1,
      topK: 0,
      maxNewTokens: 48,
      stopTokenIds: engine.processor.stopTokenIds,
    };
    const [{ tokenIds }] = await engine.createSampler(1).generate([{ prompt, seed: 0 }], settings);
    const expected = engine.processor.decode(tokenIds, { skipSpecialTokens: true });
    engine[Symbol.dispose]();
    const { choices, usage } = await client.chat.completions.create({ ...greedy, messages });
    expect(choices[0].message.content).toBe(expected);
    expect(usage!.prompt_tokens).toBe(prompt.tokenIds.length);
  });

  it('gives sixteen clients what each would get alone', async () => {
    const requests = Array.from({ length: 16 }, (_, seed) => ({
      ...(seed % 2 === 0 ? greedy : asked(textPart(`What is ${seed} + 2?`))),
      temperature: seed % 3 === 0 ? 0 : 0.5 + seed / 20,
      seed,
    }));
    const alone: (string | null)[] = [];
    for (const request of requests) {
      alone.push((await client.chat.completions.create(request)).choices[0].message.content);
    }
    const together = await Promise.all(requests.map((request) => clientOf(server).chat.completions.create(request)));
    expect(together.map(({ choices }) => choices[0].message.content)).toEqual(alone);
  });

  it.each([
    ['another model', { model: 'gpt' }, 404, '"gpt" is not served here'],
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }, 400, 'calls no tools'],
    [
      'an image from elsewhere',
      asked({ ...imagePart(chart), image_url: { url: 'https://a.example/b.png' } }),
      400,
      'fetches nothing',
    ],
    [
      'a file for an image',
      asked({ ...imagePart(chart), image_url: { url: 'file:///etc/passwd' } }),
      400,
      'data:image/png',
    ],
    ['half an image', asked(imagePart(chart.subarray(0, 300))), 400, 'the image cannot be decoded'],
    ['an image of the wrong shape', asked(imagePart(wideImage())), 400, 'over 200 times the other'],
    ['an image token in a text', asked(textPart('<|image_pad|>')), 400, 'keep image tokens out'],
    ['a prompt that is too long', asked(textPart('why '.repeat(1024))), 400, 'no room for an answer'],
  ])('refuses %s', async (_, changes, status, message) => {
    const request = client.chat.completions.create({ ...greedy, ...changes } as typeof greedy);
    await expect(request).rejects.toMatchObject({ status, message: expect.stringContaining(message) });
  });

  it('refuses an image of too many pixels', async () => {
    const huge = sharp({ create: { width: 8001, height: 8000, channels: 3, background: 'black' } });
    const request = client.chat.completions.create({ ...greedy, ...asked(imagePart(await huge.png().toBuffer())) });
    await expect(request).rejects.toThrow('400 messages.0.content.0.image_url.url: the image has 8001 x 8000 pixels');
  });

  it.each([
    ['another path', '/v1/completions', { method: 'POST' }, 404, '/v1/completions is not served'],
    ['another method', '/v1/models', { method: 'DELETE' }, 405, 'takes GET'],
    ['a form', '/v1/chat/completions', { method: 'POST', body: 'a=b' }, 415, 'give application/json'],
    ['no JSON', '/v1/chat/completions', { ...json(), body: '{"model":' }, 400, 'the body is no JSON'],
    [
      'a long body',
      '/v1/chat/completions',
      { ...json(), body: Buffer.alloc(2 ** 26 + 1, ' ') },
      413,
      'over 67108864 bytes',
    ],
    ['another host', '/v1/models', { headers: { host: 'attacker.example' } }, 403, "is not this server's"],
    ["another page's origin", '/v1/models', { headers: { origin: 'https://attacker.example' } }, 403, 'web pages'],
  ])('refuses %s', async (_, path, request, status, message) => {
    const reply = await sendRequest(new URL(path, server.url).href, request);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.body).error).toMatchObject({
      type: 'invalid_request_error',
      message: expect.stringContaining(message),
    });
  });

  it('has answered all that was asked, without a failure of its own', () => {
    expect(answered.length).toBeGreaterThan(50);
    expect(answered.filter(({ failure, status }) => failure !== undefined || status >= 500)).toEqual([]);
  });
});

describe('A server', () => {
  it('has a bound for those that wait, and stops an answer that nobody waits for', async () => {
    const answered: AnsweredRequest[] = [];
    const onAnswered = (request: AnsweredRequest) => answered.push(request);
    const server = await serve({ model: rambling, name: 'rambling', maxTogether: 1, maxWaiting: 1, onAnswered });
    const client = clientOf(server);
    const long = {
      model: 'rambling',
      messages: greedy.messages.slice(0, 1),
      temperature: 1,
      seed: 1,
      max_tokens: 3000,
    };
    // Its head comes when a request is let in.
    const first = await client.chat.completions.create({ ...long, stream: true });
    const second = await client.chat.completions.create({ ...long, stream: true });
    const refused = await post(server, { ...long, max_tokens: 1 });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    second.controller.abort();
    first.controller.abort();
    // Either would have taken thousands of steps.
    await waitFor(async () =>
      (await post(server, { ...long, max_tokens: 1 })).status === 200 ? 'answered' : undefined,
    );
    expect(answered.filter(({ usage }) => usage).map(({ usage }) => usage!.completion_tokens)).toEqual([1]);
    await server[Symbol.asyncDispose]();
  });

  it('gives its model to who brings the key, by whatever name', async () => {
    const server = await serve({ access: { host: '127.0.0.1', apiKey: 'secret' } });
    expect((await clientOf(server, 'secret').models.list()).data).toHaveLength(1);
    await expect(clientOf(server, 'other').models.list()).rejects.toMatchObject({ status: 401 });
    const headers = { host: 'box.example', authorization: 'Bearer secret' };
    expect((await sendRequest(`${server.url}/models`, { headers })).status).toBe(200);
    await server[Symbol.asyncDispose]();
  });

  it('names a port that another has', async () => {
    const server = await serve();
    await expect(serve({ port: server.port })).rejects.toThrow(
      `port ${server.port} of 127.0.0.1: another program has it`,
    );
    await server[Symbol.asyncDispose]();
  });

  it('ends cleanly when it is asked to, as a command', async () => {
    const { child, ended } = startRise(['serve', '--model', model, '--port', '0', '--json']);
    const [line] = await once(child.stdout, 'data');
    const told = JSON.parse(String(line).split('\n')[0]);
    expect(told).toEqual({
      url: expect.any(String),
      model: 'rise-tiny',
      port: expect.any(Number),
      precision: 'float32',
    });
    const { choices } = await clientOf(told).chat.completions.create(greedy);
    expect(choices[0].message.content).toMatch(/boxed/);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});

function json() {
  return { method: 'POST', headers: { 'content-type': 'application/json' } };
}

const post = ({ url }: ServedFolder, body: object) =>
  sendRequest(`${url}/chat/completions`, { ...json(), body: JSON.stringify(body) });

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A bitmap of 201 x 1 black pixels. */
function wideImage(): Buffer {
  const rowBytes = 604;
  const bitmap = Buffer.alloc(54 + rowBytes);
  bitmap.write('BM');
  bitmap.writeUInt32LE(bitmap.length, 2);
  bitmap.writeUInt32LE(54, 10);
  bitmap.writeUInt32LE(40, 14);
  bitmap.writeInt32LE(201, 18);
  bitmap.writeInt32LE(1, 22);
  bitmap.writeUInt16LE(1, 26);
  bitmap.writeUInt16LE(24, 28);
  return bitmap;
}
