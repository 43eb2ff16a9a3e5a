import type { Prompt } from '../schema/prompt.ts';
import type { SftExample, SftIndexEntry } from '../schema/sft-example.ts';

/** An SFT example with the whole prompt it answers. */
export interface PromptExample {
  example: SftExample;
  prompt: Prompt;
}

/** An example on its way into a format: its images, in the prompt's order, are read when its file is written. */
export interface OutgoingExample extends PromptExample {
  readImages(): Promise<Buffer[]>;
}

/** An example as a format gives it back, with the prompt's image files, in order. */
export interface StoredSftExample extends PromptExample {
  images: Buffer[];
}

/** One file that a format wrote, and what is in it. */
export interface FormatFile {
  name: string;
  bytes: Buffer;
  examples: readonly SftExample[];
  index: readonly SftIndexEntry[];
}

/** A file format that SFT examples are kept in. Each is one file of this room. */
export interface Format {
  name: string;
  /** Writes examples as files of one folder, one after the other: memory holds one file. Each tells where which is. */
  write(examples: readonly OutgoingExample[], limits: { examplesPerFile: number }): AsyncGenerator<FormatFile>;
  /** The examples of one file. Throws `CorruptRecordError` on a faulty example or a missing image. */
  read(bytes: Uint8Array): Promise<StoredSftExample[]>;
}
