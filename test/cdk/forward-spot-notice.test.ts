import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

const folder = mkdtempSync(join(tmpdir(), 'spot-notice-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Lists two containers, and writes down what it was asked. */
const DOCKER = `#!/bin/bash
echo "$@" >> '${folder}/asked'
[ "$1" != ps ] || printf 'aaa\\nbbb\\n'
`;

it('sends SIGTERM to the containers of the ECS agent once the notice is there, and not before', async () => {
  writeFileSync(join(folder, 'docker'), DOCKER, { mode: 0o755 });
  const seen: string[] = [];
  const metadata = createServer(({ method, url, headers }, response) => {
    seen.push(`${method} ${url} ${headers['x-aws-ec2-metadata-token'] ?? ''}`.trim());
    if (method === 'PUT') return response.end('token-1');
    const asked = seen.filter((line) => line.startsWith('GET')).length;
    response.writeHead(asked < 3 ? 404 : 200).end();
  }).listen(0, '127.0.0.1');
  await once(metadata, 'listening');
  const { port } = metadata.address() as AddressInfo;
  const program = spawn('bash', [join(packageRoot, 'cdk/host/forward-spot-notice.sh')], {
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      RISE_METADATA: `http://127.0.0.1:${port}/latest`,
      RISE_POLL_SECONDS: '0.05',
    },
  });
  const [code] = await once(program, 'close');
  metadata.close();
  expect(code).toBe(0);
  const ask = ['PUT /latest/api/token', 'GET /latest/meta-data/spot/instance-action token-1'];
  expect(seen).toEqual([...ask, ...ask, ...ask]);
  expect(readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n')).toEqual([
    'ps --quiet --filter label=com.amazonaws.ecs.task-arn',
    'kill --signal TERM aaa bbb',
  ]);
});
