/** What trackers are told of a run, in their common words. */
export type Observation = { step: number; time: number } & (
  | { kind: 'scalars'; values: Readonly<Record<string, number>> }
  | { kind: 'histogram'; tag: string; values: readonly number[] }
  | { kind: 'text'; tag: string; markdown: string }
  | { kind: 'image'; tag: string; image: ObservedImage }
);

/** An image file: PNG, JPEG or whatever the dataset brought. */
export interface ObservedImage {
  bytes: Buffer;
  /** Of the file's name. */
  extension: string;
  /** Pixels. */
  width: number;
  height: number;
}

/**
 * Observations of one piece of a run's work, or those that a tracker has not had yet. The order is fixed, and all that is in
 * them follows from the store: told again they are the same.
 */
export interface Piece {
  /** As file names may have it: `rl-000003`, `sft`, `evaluation-base`. */
  name: string;
  /** How many observations of the piece the tracker has had before these. */
  from: number;
  observations: readonly Observation[];
}
