import type { FormatFile, StoredSftExample } from '../../src/formats/format.ts';
import { webdataset } from '../../src/formats/webdataset.ts';

/** The files that the examples are packed into. */
export async function packFiles(examples: readonly StoredSftExample[], examplesPerFile: number): Promise<FormatFile[]> {
  const outgoing = examples.map(({ images, ...example }) => ({ ...example, readImages: async () => images }));
  const files: FormatFile[] = [];
  for await (const file of webdataset.write(outgoing, { examplesPerFile })) files.push(file);
  return files;
}

/** One tar with all the examples, of which there is at least one. */
export async function aShard(examples: readonly StoredSftExample[]): Promise<Buffer> {
  const [{ bytes }] = await packFiles(examples, examples.length);
  return bytes;
}
