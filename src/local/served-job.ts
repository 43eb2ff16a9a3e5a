/** What the runner sends a worker. */
export interface ServedJob {
  /** What the container is started with: the stage's name. */
  command: string[];
  /** Besides the worker's own. */
  environment: Record<string, string>;
}

/** The line behind all others of a job that has succeeded. */
export const DONE_MARK = '@done';
