#!/usr/bin/env bash
# Guess: a client of Step Functions that is given an endpoint sends every call there.
# What happens: TestState and StartSyncExecution go to `sync-` and the endpoint's host. At http://127.0.0.1 that is
#   sync-127.0.0.1, which no resolver knows: ENOTFOUND, while all other calls arrive. A
#   constructor's argument turns it off.
# Versions: @aws-sdk/client-sfn 3.1162.0, Node 20. 2026-11-28.
# Why it matters: TestState with mocks is how each state of a training pipeline is tested without an account, and an
#   emulator on a loopback address seems not to have it.
# What to do: new SFN({ disableHostPrefix: true }) for endpoints of one's own (shown last).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --prefix "$dir" @aws-sdk/client-sfn@3.1162.0
cd "$dir"
cat > run.mjs <<'JS'
import { createServer } from 'node:http';
import { SFN } from '@aws-sdk/client-sfn';

const expect = (what, seen, expected) => {
  console.log(`${what}: ${seen}`);
  if (seen === expected) return;
  console.error(`The behaviour changed: ${what} was ${expected}.`);
  process.exit(1);
};
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"status": "SUCCEEDED", "stateMachines": []}');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${server.address().port}`;
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const settings = { region: 'us-east-1', credentials, maxAttempts: 1 };
const state = { definition: '{"Type": "Pass", "End": true}', input: '{}' };
const ask = (client) =>
  client.testState(state).then(
    ({ status }) => status,
    ({ code, hostname }) => `${code} ${hostname}`,
  );
const client = new SFN(settings);
expect('ListStateMachines', (await client.listStateMachines({})).stateMachines.length, 0);
expect('TestState', await ask(client), 'ENOTFOUND sync-127.0.0.1');
expect('TestState without host prefix', await ask(new SFN({ ...settings, disableHostPrefix: true })), 'SUCCEEDED');
server.close();
JS
node run.mjs
