import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { z } from 'zod';
import { splitBySize } from '../base/split-list.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import { sftShardName } from '../schema/keys.ts';
import { Prompt } from '../schema/prompt.ts';
import { SftExample } from '../schema/sft-example.ts';
import type { Format, StoredSftExample } from './format.ts';

/**
 * WebDataset: tars of `<exampleId>.json` (example and prompt), then `<exampleId>.<n>.<ext>` per image. The same examples
 * give the same bytes: no owners, all times zero.
 */
export const webdataset: Format = {
  name: 'webdataset',
  async *write(examples, { examplesPerFile }) {
    const shards = splitBySize(examples, examplesPerFile);
    for (const [index, shard] of shards.entries()) {
      const stored = shard.map(async ({ readImages, ...example }) => ({ ...example, images: await readImages() }));
      const bytes = await packShard(await Promise.all(stored));
      yield { name: sftShardName(index, shards.length), bytes, examples: shard.map(({ example }) => example) };
    }
  },
  read: unpackShard,
};

const ExampleFile = z.object({ example: SftExample, prompt: Prompt });

async function packShard(examples: readonly StoredSftExample[]): Promise<Buffer> {
  const archive = pack();
  const bytes = buffer(archive);
  const addFile = (name: string, content: string | Buffer) =>
    archive.entry({ name, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0 }, content);
  for (const { example, prompt, images } of examples) {
    addFile(`${example.exampleId}.json`, `${JSON.stringify({ example, prompt })}\n`);
    images.forEach((image, index) => {
      addFile(imageName(example.exampleId, index, prompt), image);
    });
  }
  archive.finalize();
  return bytes;
}

async function unpackShard(bytes: Uint8Array): Promise<StoredSftExample[]> {
  const files = await unpack(bytes);
  const names = [...files.keys()].filter((name) => name.endsWith('.json'));
  return names.map((name) => {
    const { example, prompt } = parseExample(name, files.get(name)!);
    const images = prompt.images.map((_, index) => {
      const image = files.get(imageName(example.exampleId, index, prompt));
      if (image) return image;
      throw new CorruptRecordError(
        `${name} lacks image ${index + 1} of ${prompt.images.length}; publish the shards again`,
      );
    });
    return { example, prompt, images };
  });
}

const imageName = (exampleId: string, index: number, prompt: Prompt) =>
  `${exampleId}.${index}.${prompt.images[index].key.split('.').at(-1)}`;

function parseExample(name: string, content: Buffer): z.infer<typeof ExampleFile> {
  try {
    return ExampleFile.parse(JSON.parse(content.toString('utf8')));
  } catch (cause) {
    throw new CorruptRecordError(`${name} is no SFT example; publish the shards again`, { cause });
  }
}

async function unpack(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const archive = extract();
  Readable.from([bytes]).pipe(archive);
  for await (const entry of archive) files.set(entry.header.name, await buffer(entry));
  return files;
}
