import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { AccountRefusal, type AccountServices } from './account-services.ts';
import { type BatchService, ClientException } from './batch-service.ts';
import type { FunctionEnvironments } from './function-environments.ts';

/** What runs the work of an emulated AWS that cannot do it itself. */
export interface ComputeServer {
  url: string;
  stop(): Promise<void>;
}

/** Serves what `plugin/rise_compute.py` asks for. */
export async function startComputeServer(
  batch: BatchService,
  functions: FunctionEnvironments,
  account: AccountServices,
): Promise<ComputeServer> {
  const server = createServer(async (request, response) => {
    response.setHeader('content-type', 'application/json');
    try {
      response.end(JSON.stringify((await answer(batch, functions, account, request)) ?? {}));
    } catch (error) {
      const isRefusal = error instanceof ClientException || error instanceof AccountRefusal;
      response.writeHead(isRefusal ? 400 : 500, { 'x-amzn-errortype': isRefusal ? error.name : 'ServerException' });
      response.end(JSON.stringify({ message: (error as Error).message }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      functions.stopAll();
      batch.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  batch: BatchService,
  functions: FunctionEnvironments,
  account: AccountServices,
  request: IncomingMessage,
) {
  const [first, second, third] = new URL(request.url!, 'http://any').pathname.slice(1).split('/');
  const body = request.headers['content-length'] === '0' ? {} : await json(request);
  switch (`${request.method} ${first}${third ? `/${third}` : ''}`) {
    case 'POST v1': {
      const operation = batch.operations[second];
      if (!operation) throw new ClientException(`${second} is not emulated`);
      return operation(body);
    }
    case 'POST account': {
      const operation = account.operations[second];
      if (!operation) throw new AccountRefusal('UnsupportedOperation', `${second} is not emulated`);
      return operation(body);
    }
    case 'POST resources':
      return batch.createResource(body);
    case 'DELETE resources':
      return void batch.deleteResource((body as { arn: string }).arn);
    case 'POST functions':
      return functions.start(second, body);
    case 'POST functions/invocations':
      return functions.invoke(second, body);
    case 'DELETE functions':
      return functions.stop(second);
    default:
      throw new Error(`nothing is served at ${request.method} ${request.url}`);
  }
}
