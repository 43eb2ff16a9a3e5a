/** The options of a question with their letters, A first. */
export const writeOptions = (options: readonly string[], write: (letter: string, option: string) => string): string[] =>
  options.map((option, index) => write(String.fromCharCode(65 + index), option));
