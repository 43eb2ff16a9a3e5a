/** What an execution environment of Lambda runs: `function-runtime.ts CODE HANDLER`, fed calls by its parent. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface FunctionCall {
  event: unknown;
  requestId: string;
  functionArn: string;
  /** In milliseconds of the epoch. */
  deadline: number;
}

export interface FunctionAnswer {
  isError: boolean;
  payload: unknown;
}

const [code, name] = process.argv.slice(2);
const [file, exported] = name.split('.');
const loading = import(pathToFileURL(join(code, `${file}.mjs`)).href);

process.on('message', async (call: FunctionCall) => process.send!(await answer(call)));
process.on('disconnect', () => process.exit());

async function answer({ event, requestId, functionArn, deadline }: FunctionCall): Promise<FunctionAnswer> {
  const context = {
    awsRequestId: requestId,
    invokedFunctionArn: functionArn,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const payload = await (await loading)[exported](event, context);
    return { isError: false, payload: payload ?? null };
  } catch (error) {
    const { name: errorType, message: errorMessage, stack = '' } = error as Error;
    return { isError: true, payload: { errorType, errorMessage, trace: stack.split('\n') } };
  }
}
