import { imageKey } from '../../schema/keys.ts';
import type { Prompt } from '../../schema/prompt.ts';
import { readIfPresent } from '../../store/presence.ts';
import type { Store } from '../../store/store.ts';
import type { ShowImage } from './describe-prompt.ts';
import type { OutFolder } from './out-folder.ts';
import { rasterExtension } from './raster-type.ts';
import type { ImageFile } from './report-data.ts';

/** Copies images of a run into a report, each once, under a name of ours. What is no raster image by its bytes stays out. */
export function createImageWriter(store: Store, out: OutFolder): ShowImage {
  const known = new Map<string, Promise<ImageFile>>();
  return (image) => {
    const written = known.get(image.key) ?? writeImage(store, out, image);
    known.set(image.key, written);
    return written;
  };
}

async function writeImage(
  store: Store,
  out: OutFolder,
  { key, sha256, width, height }: Prompt['images'][number],
): Promise<ImageFile> {
  const bytes = await readIfPresent(store, key);
  if (!bytes) return { kind: 'left-out', key, because: 'it is no longer on the store' };
  const extension = rasterExtension(bytes);
  if (!extension) return { kind: 'left-out', key, because: 'it is no PNG, JPEG, GIF, WebP or BMP by its bytes' };
  const file = imageKey(sha256, extension);
  if (!(await out.has(file))) await out.write(file, bytes);
  return { kind: 'shown', file, width, height };
}
