import sharp from 'sharp';
import type { Exporter, ExportSource, RowImage } from './exporter.ts';
import { encodeJsonLines } from './json-lines.ts';

/** https://developers.openai.com/api/docs/guides/vision-fine-tuning (2026-11-29). Azure takes 64 images in an example. */
const LIMITS = { imagesPerRow: 10, imageBytes: 10 * 2 ** 20, rows: 50_000 };
const IMAGE_FORMATS = ['jpeg', 'png', 'webp'];

/** OpenAI's fine-tuning: chat messages, images as data URLs. It reads no other field, so that provenance is a file beside. */
export const openai: Exporter = {
  name: 'openai',
  sets: ['sft'],
  provenance: 'beside',
  async findFault(row, number) {
    if (row.images.length > 0 && number > LIMITS.rows) {
      return `it is past the ${LIMITS.rows} with images that a file may have; publish fewer`;
    }
    if (row.images.length > LIMITS.imagesPerRow) {
      return `it has ${row.images.length} images, over the limit of ${LIMITS.imagesPerRow}; leave the example out`;
    }
    const faults = await Promise.all(row.images.map(findImageFault));
    return faults.find((fault) => fault !== undefined);
  },
  async write(source, folder) {
    await folder.write('train.jsonl', encodeJsonLines(toRecords(source)));
  },
  guide: ({ rows }) => `
\`\`\`python
from openai import OpenAI
file = OpenAI().files.create(file=open("train.jsonl", "rb"), purpose="fine-tune")
OpenAI().fine_tuning.jobs.create(training_file=file.id, model="gpt-4o-2024-08-06")
\`\`\`

- Images with people, faces, children or CAPTCHAs are left out by OpenAI, which is winding the service down.
${rows < 10 ? `- A job takes at least 10 examples; here are ${rows}.\n` : ''}`,
};

async function findImageFault({ name, bytes }: RowImage): Promise<string | undefined> {
  if (bytes.length > LIMITS.imageBytes) {
    return `its image ${name} has ${bytes.length} bytes, over the limit of ${LIMITS.imageBytes}; make it smaller`;
  }
  const { format, space, isPalette } = await sharp(bytes).metadata();
  if (!IMAGE_FORMATS.includes(format)) return `its image ${name} is a ${format}; make it a PNG, JPEG or WebP`;
  if (space === 'srgb' && !isPalette) return undefined;
  return `its image ${name} is ${isPalette ? 'of a palette' : space}, not RGB or RGBA; convert it`;
}

async function* toRecords({ rows }: ExportSource) {
  for await (const row of rows()) {
    if (row.set !== 'sft') continue;
    const content = await Promise.all(
      row.content.map(async (piece) =>
        piece.kind === 'text'
          ? { type: 'text', text: piece.text }
          : { type: 'image_url', image_url: { url: await toDataUrl(row.images[piece.index]) } },
      ),
    );
    yield {
      messages: [
        ...(row.system === undefined ? [] : [{ role: 'system', content: row.system }]),
        { role: 'user', content },
        { role: 'assistant', content: row.example.response },
      ],
    };
  }
}

/** The type is the file's own, whatever it is called. */
async function toDataUrl({ bytes }: RowImage): Promise<string> {
  const { format } = await sharp(bytes).metadata();
  return `data:image/${format};base64,${bytes.toString('base64')}`;
}
