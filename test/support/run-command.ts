import { Command } from 'commander';

/** What a command printed on standard output, and the exit code that it asked for. */
export interface CommandResult {
  printed: string;
  exitCode: typeof process.exitCode;
}

/** Runs a command of `src/cli/commands` in this process, given what registers it and its command line. */
export async function runCommand(register: (program: Command) => void, ...args: string[]): Promise<CommandResult> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  register(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  const lines: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((line: string) => lines.push(line));
  try {
    await program.parseAsync(args, { from: 'user' });
    return { printed: lines.join('\n'), exitCode: process.exitCode };
  } finally {
    log.mockRestore();
    process.exitCode = undefined;
  }
}
