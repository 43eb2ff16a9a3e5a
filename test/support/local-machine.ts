import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import type { Json, Machine, State } from '../../src/local/definition.ts';
import type { FunctionContext, LocalHome, RunEvent } from '../../src/local/local-home.ts';
import { createWorkers, type Workers } from '../../src/local/workers.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { aTemporaryFolder } from './temporary-folder.ts';

const folder = aTemporaryFolder();
const created: Workers[] = [];
afterAll(() => Promise.all(created.map((workers) => workers.end())));

export interface TestHome extends LocalHome {
  events: RunEvent[];
  stop: AbortController;
}

/** A local home over a fresh store: the given functions, and `test/fixtures/local/job.ts` as the container. */
export function aLocalHome(
  functions: Record<string, (event: never, context: FunctionContext) => unknown> = {},
  { heartbeatSeconds = 120 } = {},
): TestHome {
  const store = createLocalStore(mkdtempSync(join(folder, 'store-')));
  const events: RunEvent[] = [];
  const stop = new AbortController();
  const module = join(packageRoot, 'test/fixtures/local/job.ts');
  const workers = createWorkers({ module, environment: { RISE_STORE: store.uri }, heartbeatSeconds });
  created.push(workers);
  return {
    store,
    events,
    stop,
    signal: stop.signal,
    onEvent: (event) => events.push(event),
    callFunction: async (name, event, context) => functions[name](event as never, context),
    runJob: workers.run,
  };
}

/** A machine that runs the states in order; a last one without `Next` ends it. */
export function aMachine(states: Record<string, State>): Machine {
  return { StartAt: Object.keys(states)[0], States: states };
}

/** A state that calls a function with its whole input and takes its answer as output. */
export function aLambdaState(name: string, fields: Record<string, unknown> = { End: true }): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: `arn:aws:lambda:us-east-1:000000000000:function:${name}`, 'Payload.$': '$' },
    OutputPath: '$.Payload',
    ...fields,
  };
}

/** A state that submits a job with its whole input. */
export function aBatchState(
  job: string,
  parameters: Json = {},
  fields: Record<string, unknown> = { End: true },
): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::batch:submitJob.sync',
    Parameters: {
      JobName: job,
      ContainerOverrides: {
        Command: [job],
        Environment: [{ Name: 'RISE_INPUT', 'Value.$': 'States.JsonToString($)' }],
      },
      ...(parameters as object),
    },
    ResultPath: null,
    ...fields,
  };
}

/** A Distributed Map over the JSON array under `$.itemsKey`, whose children call one function. */
export function aDistributedMap(name: string, fields: Record<string, unknown> = {}): State {
  return {
    Type: 'Map',
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: 'data', 'Key.$': '$.itemsKey' },
    },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED' },
      ...aMachine({ [`${name}-child`]: aLambdaState(name) }),
    },
    End: true,
    ...fields,
  };
}
