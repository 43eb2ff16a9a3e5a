/** Value of an environment variable: where API keys are. */
export type Environment = (name: string) => string | undefined;
