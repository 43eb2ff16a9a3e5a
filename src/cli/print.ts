import { toTerminalText } from '../base/terminal-text.ts';

/** Prints a line, or some, on standard output: the result of a command, for people or as JSON. */
export function print(text: string): void {
  console.log(toTerminalText(text));
}

/** Prints a text as it is, for a program that reads it: a terminal may not be given what others wrote. */
export function printForProgram(text: string): void {
  console.log(text);
}
