import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findPythonWith } from './python-environment.ts';

/**
 * Serves on a free port, one request at a time: AWS decides a conditional write atomically, moto alone does not.
 * Ends when its standard input does, so that it never outlives the tests.
 */
const SERVER = `
import os, sys, threading
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server
app, lock = DomainDispatcherApplication(create_backend_app), threading.Lock()
def one_at_a_time(environ, start_response):
    with lock:
        return list(app(environ, start_response))
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server = make_server('127.0.0.1', 0, one_at_a_time, threaded=True, request_handler=MotoRequestHandler)
print(f'http://127.0.0.1:{server.port}', flush=True)
server.serve_forever()
`;

export const findMoto = () => findPythonWith('moto[server]==5.2.5');

/** A running server of AWS's interfaces, and what stops it. */
export interface MotoServer {
  endpoint: string;
  stop(): Promise<void>;
}

export async function startMoto(python: string): Promise<MotoServer> {
  const child = spawn(python, ['-c', SERVER], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const endpoint = await Promise.race([firstLine(child), ended]);
  if (!endpoint) throw new Error(`moto ended with exit code ${child.exitCode} before it served`);
  return {
    endpoint,
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}

const firstLine = (child: ChildProcess) =>
  new Promise<string>((resolve) => createInterface({ input: child.stdout! }).once('line', resolve));

/**
 * `describe` over a running moto that the SDK's own settings name, or its skipped self and the reason printed.
 * Tests may point `AWS_ENDPOINT_URL` elsewhere for stores they open.
 */
export function describeWithMoto(name: string, tests: (server: () => MotoServer) => void): void {
  const moto = findMoto();
  let server: MotoServer | undefined;
  const running = () => server!;
  if ('missing' in moto) {
    console.warn(`Skipped, ${moto.missing}: ${name}`);
    describe.skip(name, () => tests(running));
    return;
  }
  describe(name, () => {
    beforeAll(async () => {
      server = await startMoto(moto.python);
      Object.assign(process.env, {
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'eu-central-1',
        AWS_ENDPOINT_URL: server.endpoint,
      });
      delete process.env.AWS_PROFILE;
    });
    afterAll(() => server?.stop());
    tests(running);
  });
}
