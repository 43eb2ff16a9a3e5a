import type { LaidOutPiece } from '../schema/image-marks.ts';
import type { ImageRef, Prompt } from '../schema/prompt.ts';
import type { SftExample } from '../schema/sft-example.ts';

/** What of a run is exported: the examples that SFT learns, or the prompts that RL asks. */
export type ExportSet = 'sft' | 'rl';

/** An image's file. */
export interface RowImage extends ImageRef {
  /** By its content: `<sha256>.<ext>`. */
  name: string;
  bytes: Buffer;
}

/** A question as the policy is asked it. */
export interface Question {
  /** Of the example, or else of the prompt: unique within the set. */
  id: string;
  system?: string;
  /** Words and images in the order in which the policy sees them; options are lettered lines of the text. */
  content: readonly LaidOutPiece[];
  images: readonly RowImage[];
  prompt: Prompt;
}

/** A row on its way out. Of an example the response, all of it and nothing else, carries loss. */
export type ExportRow = (Question & { set: 'sft'; example: SftExample }) | (Question & { set: 'rl' });

/** Where the files of an export will lie in S3, for a format that names them so. */
export interface S3Location {
  /** `s3://bucket/prefix` */
  uri: string;
  /** Account id of the bucket's owner, 12 digits. */
  owner: string;
}

/** What is known of all rows once they were looked at, before any is written. */
export interface ExportFacts {
  runId: string;
  set: ExportSet;
  rows: number;
  /** The system prompt that each has, if they do. */
  system?: string;
  /** Of the row that has the most. */
  mostImages: number;
  /** Pixels of the largest image; 0 where there is none. */
  mostPixels: number;
  /** Where it will lie, if that was said. */
  s3?: S3Location;
}

/** What a format writes from. Each call of `rows` reads the run anew, one row at a time. */
export interface ExportSource {
  facts: ExportFacts;
  rows(): AsyncIterable<ExportRow>;
  /** The run's own shards of SFT examples, as they are. */
  shards(): Iterable<{ name: string; content: AsyncIterable<Uint8Array> }>;
}

/** The folder that an export becomes. */
export interface ExportFolder {
  write(name: string, content: AsyncIterable<Uint8Array> | string): Promise<void>;
  /** Keeps images as files below `images/`, each once. Gives their paths in the folder, in order. */
  writeImages(images: readonly RowImage[]): Promise<string[]>;
}

/** A foreign format that a run is exported to. Each is one file of this room, and a line of `exporters.ts`. */
export interface Exporter {
  name: string;
  sets: readonly ExportSet[];
  /** Whether its files say where in S3 they will lie. */
  needsS3?: true;
  /** Whether its rows have room for where they come from; else that is a file beside. */
  provenance: 'within' | 'beside';
  /** Why the format cannot hold a row, and what to do about it. `number` counts from 1. */
  findFault?(row: ExportRow, number: number): string | undefined | Promise<string | undefined>;
  /** Writes all but the README; the same rows give the same bytes. */
  write(source: ExportSource, folder: ExportFolder): Promise<void>;
  /** Markdown: how the export is loaded, and what to mind. */
  guide(facts: ExportFacts): string;
}
