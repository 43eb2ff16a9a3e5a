import { InterruptedError, RiseError } from '../schema/errors.ts';

/** All of C0 and C1 but line ends and tabs: a terminal obeys them, and a message quotes files of others. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Prints an error for people (message only for our own errors, the stack for unexpected ones) or, when the command
 * line has `--json`, as `{"error": {"name", "message"}}` on standard output. Control characters are written out.
 * @returns the exit code: 130 after an interruption, else 1
 */
export function reportError(error: unknown, args: readonly string[]): number {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  if (args.includes('--json')) console.log(escapeControl(JSON.stringify({ error: { name, message } })));
  else console.error(escapeControl(error instanceof RiseError ? message : `${stack}`));
  return error instanceof InterruptedError ? 130 : 1;
}

const escapeControl = (text: string) =>
  text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
