import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The first line a command prints; undefined when it does not exist, fails or takes over ten seconds. */
export async function firstLineOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { timeout: 10_000 });
    return stdout.trim().split('\n')[0];
  } catch {
    return undefined;
  }
}
