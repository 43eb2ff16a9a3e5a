/** A commander parser for an option that may be given again: all its values, in order. */
export const repeated = (value: string, earlier: string[] = []): string[] => [...earlier, value];
