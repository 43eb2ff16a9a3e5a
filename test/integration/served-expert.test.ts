import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { consult } from '../../src/experts/consult.ts';
import { loadExpert } from '../../src/experts/index.ts';
import { type ServedFolder, serveModel } from '../../src/server/serve-model.ts';
import { materializePrompts } from '../../src/stages/validate/materialize-prompts.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { aRunConfig } from '../support/factories.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const store = createLocalStore(aTemporaryFolder());

describe('our own engine as an expert, behind rise serve', () => {
  let server: ServedFolder;
  beforeAll(async () => {
    server = await serveModel({
      model: join(packageRoot, 'models/rise-tiny'),
      precision: 'float32',
      access: { host: '127.0.0.1' },
      port: 0,
      maxTogether: 8,
      maxWaiting: 64,
      maxTokens: 4096,
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('is asked with images, counts its tokens, and is told what was wrong; the cache gives the same again', async () => {
    const options = {
      provider: 'openai',
      baseUrl: server.url,
      model: 'rise-tiny',
      temperature: 0,
      maxOutputTokens: 32,
    };
    const config = aRunConfig({ expert: { name: 'endpoint', options } });
    const { prompts } = await materializePrompts(store, 'data', config.data.train);
    const asked = prompts.map(({ prompt }) => prompt);
    const expert = await loadExpert(store, config, { rewards: [] });
    const consulted = await consult(expert, asked);
    for (const { answer, deadLetter, usages } of consulted) {
      expect(usages.length).toBe(answer?.consultation?.attempt ?? deadLetter?.said.length);
      for (const { model, inputTokens, outputTokens } of usages) {
        expect(model).toBe('openai rise-tiny');
        expect(inputTokens).toBeGreaterThan(16);
        expect(outputTokens).toBeGreaterThan(0);
        expect(outputTokens).toBeLessThanOrEqual(32);
      }
    }
    expect(await consult(expert, asked)).toEqual(consulted);
    await expect(expert.probe?.()).rejects.toThrow(/^expert: openai rise-tiny does not (see|answer)/);
  });
});
