import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MlflowMetric } from '../../src/trackers/mlflow/describe-metrics.ts';

/** What of MLflow's protocol the tracker speaks, answered as MLflow 3.17.2 does. */
export interface LocalMlflow {
  url: string;
  /** Requests as `METHOD path`, in the order they came, and what each was known by. */
  requests: string[];
  authorizations: (string | undefined)[];
  /** What every next request is answered with instead. */
  refusal?: { status: number; body: string };
  metrics: MlflowMetric[];
  params: { key: string; value: string }[];
  artifacts: string[];
  status?: string;
  close(): Promise<void>;
}

/** A server that keeps one experiment and its one run; metrics that are equal in everything count once. */
export async function startMlflow(): Promise<LocalMlflow> {
  const experiments = new Map<string, string>();
  const runs: { info: object; tags: { key: string; value: string }[] }[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: JSON of a request.
  const answers: Record<string, (body: any, query: URLSearchParams) => object | undefined> = {
    'GET experiments/get-by-name': (_, query) => {
      const id = experiments.get(query.get('experiment_name')!);
      return id === undefined ? undefined : { experiment: { experiment_id: id } };
    },
    'POST experiments/create': ({ name }) => {
      experiments.set(name, '1');
      return { experiment_id: '1' };
    },
    'POST runs/search': ({ filter }) => {
      const [, value] = /^tags\.`rise\.run` = '(.*)'$/.exec(filter)!;
      const found = runs.filter(({ tags }) => tags.some((tag) => tag.key === 'rise.run' && tag.value === value));
      // The real one leaves out a list that is empty.
      return found.length > 0 ? { runs: found } : {};
    },
    'POST runs/create': ({ tags }) => {
      runs.push({ info: { run_id: 'abc', artifact_uri: 'mlflow-artifacts:/1/abc/artifacts' }, tags });
      return { run: runs.at(-1) };
    },
    'POST runs/log-batch': ({ metrics = [], params = [] }) => {
      if (metrics.length > 1000 || params.length > 100) throw new Error('more than MLflow takes at once');
      const known = new Set(server.metrics.map((metric) => JSON.stringify(metric)));
      server.metrics.push(...metrics.filter((metric: MlflowMetric) => !known.has(JSON.stringify(metric))));
      server.params.push(...params);
      return {};
    },
    'POST runs/update': ({ status }) => {
      server.status = status;
      return {};
    },
  };
  const listener = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://local');
    const body = await readAll(request);
    server.requests.push(`${request.method} ${pathname}`);
    server.authorizations.push(request.headers.authorization);
    if (server.refusal) return response.writeHead(server.refusal.status).end(server.refusal.body);
    const artifact = /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/(.*)$/.exec(pathname);
    if (artifact && request.method === 'PUT') {
      server.artifacts.push(decodeURIComponent(artifact[1]));
      return response.end('{}');
    }
    const answer = answers[`${request.method} ${pathname.replace('/api/2.0/mlflow/', '')}`];
    const said = answer?.(body.length > 0 ? JSON.parse(body.toString()) : {}, searchParams);
    return response.writeHead(said ? 200 : 404).end(JSON.stringify(said ?? { error_code: 'RESOURCE_DOES_NOT_EXIST' }));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const server: LocalMlflow = {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    requests: [],
    authorizations: [],
    metrics: [],
    params: [],
    artifacts: [],
    close: () => new Promise((resolve) => listener.close(() => resolve())),
  };
  return server;
}

const readAll = async (request: IncomingMessage) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};
