import { createRequire } from 'node:module';
import { modulePath } from '../base/package-root.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import type { ExecutionInput } from '../schema/stage-inputs.ts';
import { type Json, readDefinition } from './definition.ts';
import type { FunctionContext, LocalHome } from './local-home.ts';
import { runMachine } from './run-machine.ts';
import { createWorkers } from './workers.ts';

/**
 * Executes a prepared run on this machine: the synthesised state machine, the Lambda stages in this process, the GPU
 * stages in a worker process. Whatever is on the store is not done again. `RISE_STORE` must name the store.
 * Gives the machine's output. Throws the error that it fails with, and `InterruptedError` when the signal aborts.
 */
export async function runLocally(
  { store, onEvent, signal }: Pick<LocalHome, 'store' | 'onEvent' | 'signal'>,
  input: ExecutionInput,
  config: RunConfig,
): Promise<Json> {
  const workers = createWorkers({
    module: modulePath('containers/gpu-worker/run-job.ts'),
    environment: { RISE_STORE: store.uri },
    heartbeatSeconds: config.compute.heartbeatSeconds,
  });
  workers.startAhead();
  const home: LocalHome = {
    store,
    callFunction: callStageFunction,
    runJob: workers.run,
    onEvent,
    signal,
  };
  try {
    return await runMachine(home, readDefinition(), input.runId, input);
  } finally {
    await workers.end();
  }
}

type Handler = (event: unknown, context: FunctionContext) => Promise<unknown>;

/** Calls the Lambda stage `lambdas/<name>/handler.ts`, loaded at its first call. */
async function callStageFunction(name: string, event: unknown, context: FunctionContext): Promise<unknown> {
  const path = modulePath(`lambdas/${name}/handler.ts`);
  const { handler } = createRequire(path)(path) as { handler: Handler };
  return handler(event, context);
}
