import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AccessGateway, startAccessGateway } from './support/access-gateway.ts';

describe('S3 as each stage may use it', () => {
  const bucket = createServer((_, response) => response.end('done'));
  let gateway: AccessGateway;
  beforeAll(async () => {
    await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
    gateway = await startAccessGateway(`http://127.0.0.1:${(bucket.address() as AddressInfo).port}`);
  });
  afterAll(async () => {
    await gateway.stop();
    bucket.closeAllConnections();
    await new Promise((resolve) => bucket.close(resolve));
  });

  const ask = async (endpoint: string, method: string, path: string) =>
    (await fetch(`${endpoint}/bucket/${path}`, { method })).status;
  const scoring = () => gateway.endpointOfFunction('RisePipeline-score52CDFB0-1a2b');

  it('lets a stage read, write, delete and list what its role may', async () => {
    expect(await ask(scoring(), 'GET', 'trajectories/r/diagnosis/00000/records.jsonl')).toBe(200);
    expect(await ask(scoring(), 'PUT', 'runs/r/diagnosis/scores/00000/manifest.json')).toBe(200);
    expect(await ask(scoring(), 'DELETE', 'runs/r/diagnosis/scores/00000/journal/a')).toBe(200);
    expect(await ask(scoring(), 'GET', '?list-type=2')).toBe(200);
    expect(await ask(gateway.jobEndpoint, 'POST', 'runs/r/sft/checkpoint/model.safetensors?uploads')).toBe(200);
  });

  it('refuses everything else', async () => {
    expect(await ask(scoring(), 'GET', 'models/m/config.json')).toBe(403);
    expect(await ask(scoring(), 'PUT', 'runs/r/sft/checkpoint/manifest.json')).toBe(403);
    expect(await ask(scoring(), 'DELETE', 'runs/r/diagnosis/scores/00000/manifest.json')).toBe(403);
    expect(await ask(gateway.jobEndpoint, 'PUT', 'models/m/config.json')).toBe(403);
  });
});
