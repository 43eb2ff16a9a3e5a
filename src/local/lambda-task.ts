import { z } from 'zod';
import type { Json } from './definition.ts';
import type { LocalHome } from './local-home.ts';

/** What `lambda:invoke` is given; the function's name ends its ARN. */
const Invoke = z.object({
  FunctionName: z.string().transform((arn) => arn.slice(arn.lastIndexOf(':') + 1)),
  Payload: z.json(),
});

/** A Task state that calls a Lambda stage. */
export type LambdaTask = (parameters: unknown, timeoutSeconds: number) => Promise<{ StatusCode: 200; Payload: Json }>;

/**
 * Calls Lambda stages and gives what `lambda:invoke` gives. On AWS a call is over when its time is; here it is told how much
 * of it is left, and one that outlasts it anyway is waited for before the same call starts again.
 */
export function createLambdaTask(home: Pick<LocalHome, 'callFunction'>): LambdaTask {
  const underWay = new Map<string, Promise<unknown>>();
  return async (parameters, timeoutSeconds) => {
    const { FunctionName, Payload } = Invoke.parse(parameters);
    const name = JSON.stringify([FunctionName, Payload]);
    await underWay.get(name)?.catch(() => {});
    const endsAt = Date.now() + timeoutSeconds * 1000;
    const call = home.callFunction(FunctionName, Payload as Json, {
      getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
    });
    underWay.set(name, call);
    try {
      return { StatusCode: 200, Payload: ((await call) ?? null) as Json };
    } finally {
      if (underWay.get(name) === call) underWay.delete(name);
    }
  };
}
