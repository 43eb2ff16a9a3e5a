import { createFirstSeen } from '../../base/first-seen.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { ImageRef } from '../../schema/prompt.ts';
import type { Store } from '../../store/store.ts';
import { createDatasetFolder, type DatasetFiles, MAX_IMAGE_BYTES } from '../dataset-files.ts';
import { describeImage, readImageFile } from '../read-image.ts';
import type { ImageSource } from './image-source.ts';
import type { Importer } from './importer.ts';
import { type SourceFiles, streamRows } from './source-rows.ts';

/** An image that is whole, by its content; its file where it has not been written yet. */
export interface FoundImage {
  ref: ImageRef;
  bytes?: Buffer;
}

/** The images of a data set on their way to files of their own. */
export interface ImageFiles {
  /** How many there are. */
  count(): number;
  /** Throws `InvalidInputError` where the image is not there, damaged or too large. */
  find(source: ImageSource): Promise<FoundImage>;
  write(images: readonly FoundImage[]): Promise<void>;
  /** Writes the images that rows have from other rows, wherever those stand. */
  share(source: SourceFiles, importer: Importer): Promise<void>;
}

/** Images go to the store, each once; paths begin at the folder. */
export function openImages(store: Store, folder: string): ImageFiles {
  const files = createDatasetFolder(folder);
  const shared = new Map<string, ImageRef>();
  const written = createFirstSeen();
  let count = 0;

  const find = async (source: ImageSource): Promise<FoundImage> => {
    if (source.kind === 'row') {
      const ref = shared.get(source.id);
      if (ref) return { ref };
      throw new InvalidInputError(`image: there is no row ${source.id} with an image; give the picture in base64`);
    }
    const bytes = source.kind === 'path' ? await readBeside(files, source.path) : bytesOf(source);
    return { ref: await describeImage(bytes, source.kind === 'path' ? source.path : 'in the row'), bytes };
  };
  const write = async (images: readonly FoundImage[]) => {
    for (const { ref, bytes } of images) {
      if (bytes === undefined || written.see(ref.key, 0) !== undefined) continue;
      await store.write(ref.key, bytes);
      count += 1;
    }
  };
  return {
    count: () => count,
    find,
    write,
    async share(source, importer) {
      const wanted = await listReferences(source, importer);
      if (wanted.size === 0) return;
      for await (const read of streamRows(source)) {
        const id = 'row' in read ? importer.idOf?.(read.row) : undefined;
        if (id === undefined || !wanted.has(id) || !('row' in read)) continue;
        const own = sourcesOf(importer, read.row)[0];
        if (own === undefined || own.kind === 'row') continue;
        // Whoever reads the row itself says what is wrong with its image.
        const found = await find(own).catch(() => undefined);
        if (found === undefined) continue;
        await write([found]);
        shared.set(id, found.ref);
      }
    },
  };
}

async function listReferences(source: SourceFiles, importer: Importer): Promise<Set<string>> {
  const wanted = new Set<string>();
  if (importer.idOf === undefined) return wanted;
  for await (const read of streamRows(source)) {
    if (!('row' in read)) continue;
    for (const image of sourcesOf(importer, read.row)) if (image.kind === 'row') wanted.add(image.id);
  }
  return wanted;
}

function sourcesOf(importer: Importer, row: Parameters<Importer['read']>[0]): ImageSource[] {
  try {
    return importer.read(row).images;
  } catch (error) {
    if (error instanceof InvalidInputError) return [];
    throw error;
  }
}

function bytesOf(source: Extract<ImageSource, { kind: 'bytes' | 'base64' }>): Buffer {
  const bytes = source.kind === 'bytes' ? Buffer.from(source.bytes) : Buffer.from(source.text, 'base64');
  if (bytes.length <= MAX_IMAGE_BYTES) return bytes;
  throw new InvalidInputError(`an image is over ${MAX_IMAGE_BYTES / 2 ** 20} MB; save the picture smaller`);
}

/** The file that a row names, or else the one below `images/`, where published data sets unpack theirs. */
async function readBeside(files: DatasetFiles, path: string): Promise<Buffer> {
  try {
    return await readImageFile(files, '', path);
  } catch (error) {
    return readImageFile(files, 'images', path).catch(() => {
      throw error;
    });
  }
}
