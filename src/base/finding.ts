/** One line of `rise doctor`. */
export interface Finding {
  name: string;
  value: string;
  /** What to do; present only when the engine cannot run as things are. */
  remedy?: string;
}
