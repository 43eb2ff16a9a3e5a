import { createRequire } from 'node:module';
import { modulePath } from '../base/package-root.ts';

type Handler = (event: unknown) => Promise<unknown>;

/** Calls the Lambda stage `lambdas/<name>/handler.ts`, loaded at its first call. */
export async function callStageFunction(name: string, event: unknown): Promise<unknown> {
  const path = modulePath(`lambdas/${name}/handler.ts`);
  const { handler } = createRequire(path)(path) as { handler: Handler };
  return handler(event);
}
