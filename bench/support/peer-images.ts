import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessedImage, ProcessedPrompt } from '../../src/engine/processing/processor.ts';
import { encodeWholeSafetensors } from '../../src/engine/weights/encode-safetensors.ts';

/** The images of prompts, as processed here, in a file that both sides of a bench name them by. */
export interface PeerImages {
  file: string;
  /** A prompt's images as the peer takes them. */
  of(prompt: ProcessedPrompt): { number: number; gridThw: readonly number[] }[];
  remove(): void;
}

export function writePeerImages(prompts: readonly ProcessedPrompt[]): PeerImages {
  const numbers = new Map<ProcessedImage, number>();
  for (const image of prompts.flatMap(({ images }) => images))
    if (!numbers.has(image)) numbers.set(image, numbers.size);
  const tensors = new Map(
    [...numbers].map(([{ pixelValues, gridThw }, number]) => {
      const patches = gridThw[0] * gridThw[1] * gridThw[2];
      return [String(number), { shape: [patches, pixelValues.length / patches], data: pixelValues }];
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'metis-rise-'));
  const file = join(folder, 'images.safetensors');
  writeFileSync(file, encodeWholeSafetensors(tensors));
  return {
    file,
    of: ({ images }) => images.map((image) => ({ number: numbers.get(image)!, gridThw: image.gridThw })),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
