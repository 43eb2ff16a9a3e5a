import { describeSystemError } from '../base/system-error.ts';
import { toTerminalText } from '../base/terminal-text.ts';
import { InterruptedError, RiseError } from '../schema/errors.ts';
import { print } from './print.ts';

/**
 * Prints an error for people (a message for our own errors and for what the system refuses, the stack for unexpected ones)
 * or, when the command line has `--json`, as `{"error": {"name", "message"}}` on standard output. Control
 * characters are written out.
 * @returns the exit code: 130 after an interruption, else 1
 */
export function reportError(error: unknown, args: readonly string[]): number {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const told = error instanceof RiseError ? message : describeSystemError(error);
  if (args.includes('--json')) print(JSON.stringify({ error: { name, message: told ?? message } }));
  else console.error(toTerminalText(told ?? String(stack)));
  return error instanceof InterruptedError ? 130 : 1;
}
