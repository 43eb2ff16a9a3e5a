import { z } from 'zod';
import type { Json } from './definition.ts';
import type { LocalHome } from './local-home.ts';

/** What `lambda:invoke` is given; the function's name ends its ARN. */
const Invoke = z.object({
  FunctionName: z.string().transform((arn) => arn.slice(arn.lastIndexOf(':') + 1)),
  Payload: z.json(),
});

/** Calls a Lambda stage and gives what `lambda:invoke` gives. */
export async function runLambdaTask(home: LocalHome, parameters: unknown): Promise<{ StatusCode: 200; Payload: Json }> {
  const { FunctionName, Payload } = Invoke.parse(parameters);
  const result = await home.callFunction(FunctionName, Payload as Json);
  return { StatusCode: 200, Payload: (result ?? null) as Json };
}
