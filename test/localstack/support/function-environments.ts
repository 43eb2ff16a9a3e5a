import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../../src/base/package-root.ts';
import type { FunctionAnswer, FunctionCall } from './function-runtime.ts';

const Environment = z.object({
  code: z.string(),
  handler: z.string(),
  environment: z.record(z.string(), z.string()),
  timeoutSeconds: z.number(),
});
const Invocation = z.object({ 'invoke-id': z.string(), 'invoked-function-arn': z.string(), payload: z.string() });

interface Running {
  process: ChildProcess;
  timeoutSeconds: number;
}

/**
 * Execution environments of Lambda functions: a process each, which runs the deployed code, one event after another.
 * `endpointOf` gives what a function of that name finds AWS by.
 */
export function createFunctionEnvironments(endpointOf: (name: string) => string) {
  const running = new Map<string, Running>();
  return {
    start(id: string, request: unknown): void {
      const { code, handler, environment, timeoutSeconds } = Environment.parse(request);
      const child = fork(join(packageRoot, 'test/localstack/support/function-runtime.ts'), [code, handler], {
        env: {
          ...environment,
          PATH: process.env.PATH,
          AWS_ENDPOINT_URL: endpointOf(environment.AWS_LAMBDA_FUNCTION_NAME),
        },
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      running.set(id, { process: child, timeoutSeconds });
    },
    async invoke(id: string, request: unknown): Promise<FunctionAnswer> {
      const { payload, ...names } = Invocation.parse(request);
      const { process: child, timeoutSeconds } = running.get(id)!;
      const call: FunctionCall = {
        event: JSON.parse(payload),
        requestId: names['invoke-id'],
        functionArn: names['invoked-function-arn'],
        deadline: Date.now() + timeoutSeconds * 1000,
      };
      return answerOf(child, call);
    },
    stop(id: string): void {
      running.get(id)?.process.kill();
      running.delete(id);
    },
    stopAll(): void {
      for (const { process: child } of running.values()) child.kill();
    },
  };
}
export type FunctionEnvironments = ReturnType<typeof createFunctionEnvironments>;

/** The function's answer, or what Lambda says of a process that ended before it. */
function answerOf(child: ChildProcess, call: FunctionCall): Promise<FunctionAnswer> {
  return new Promise((resolve) => {
    const onExit = (code: number | null, signal: string | null) => {
      const errorMessage = `RequestId: ${call.requestId} Error: Runtime exited with ${signal ?? `exit status ${code}`}`;
      resolve({ isError: true, payload: { errorType: 'Runtime.ExitError', errorMessage } });
    };
    child.once('exit', onExit);
    child.once('message', (answer: FunctionAnswer) => {
      child.off('exit', onExit);
      resolve(answer);
    });
    if (child.exitCode === null) child.send(call);
    else onExit(child.exitCode, child.signalCode);
  });
}
