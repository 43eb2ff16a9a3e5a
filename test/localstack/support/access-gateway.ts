import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StoreAccess } from '../../../src/schema/stage.ts';
import { FUNCTION_NAMES, type FunctionName, JOB_ACCESS, STAGES } from '../../../src/schema/stages.ts';
import { matches } from '../../support/store-access.ts';

/** S3 as each stage may use it. */
export interface AccessGateway {
  /** What a job finds S3 by. */
  jobEndpoint: string;
  /** What a function finds it by, whose deployed name has the stage's in it. */
  endpointOfFunction(name: string): string;
  stop(): Promise<void>;
}

const JOB = 'gpu-worker';

/**
 * Between the stages and an S3 that asks nobody who they are: refuses what the stage's role in the stacks may not do, as
 * AWS does.
 */
export async function startAccessGateway(target: string): Promise<AccessGateway> {
  const server = createServer((incoming, outgoing) => {
    const [, stage, path] = /^\/([^/]+)(\/.*)$/.exec(incoming.url!)!;
    const access = stage === JOB ? JOB_ACCESS : STAGES[stage as FunctionName].access;
    if (!isAllowed(access, incoming.method!, new URL(path, target))) {
      incoming.resume();
      outgoing.writeHead(403, { 'content-type': 'application/xml' });
      outgoing.end(
        `<Error><Code>AccessDenied</Code><Message>${stage} may not ${incoming.method} ${path}</Message></Error>`,
      );
      return;
    }
    const { method, headers } = incoming;
    const onward = send(new URL(path, target), { method, headers }, (answer: IncomingMessage) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    jobEndpoint: `${url}/${JOB}`,
    endpointOfFunction: (name) =>
      `${url}/${FUNCTION_NAMES.find((stage) => name.includes(`-${stage.replace('-', '')}`))}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The path is that of the bucket and the key. */
function isAllowed(
  { reads, writes, deletes = [] }: StoreAccess,
  method: string,
  { pathname, searchParams }: URL,
): boolean {
  const [, , ...segments] = decodeURIComponent(pathname).split('/');
  const key = segments.join('/');
  const isIn = (patterns: readonly string[]) => patterns.some((pattern) => matches(pattern, key));
  switch (method) {
    case 'GET':
    case 'HEAD':
      // Every role may list the bucket.
      return key === '' || isIn(reads);
    case 'PUT':
    case 'POST':
      return isIn(writes);
    case 'DELETE':
      return isIn(searchParams.has('uploadId') ? writes : deletes);
    default:
      return false;
  }
}
