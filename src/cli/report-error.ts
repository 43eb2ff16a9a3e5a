import { InterruptedError, RiseError } from '../schema/errors.ts';

/**
 * Prints an error for people (message only for our own errors, the stack for unexpected ones) or, when the command
 * line has `--json`, as `{"error": {"name", "message"}}` on standard output.
 * @returns the exit code: 130 after an interruption, else 1
 */
export function reportError(error: unknown, args: readonly string[]): number {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  if (args.includes('--json')) console.log(JSON.stringify({ error: { name, message } }));
  else console.error(error instanceof RiseError ? message : stack);
  return error instanceof InterruptedError ? 130 : 1;
}
