import type { Exporter, ExportRow, ExportSource } from './exporter.ts';
import { encodeJsonLines } from './json-lines.ts';
import { originOf } from './provenance.ts';
import { findStrayMark, imagesInOrder, LEARNED_NOTE, markedText } from './row-text.ts';

const FILE = 'train.jsonl';
const NAME = 'metis_rise';
/** Images of more pixels are made smaller, unless `image_max_pixels` is said (LLaMA-Factory 0.9.5). */
const DEFAULT_MAX_PIXELS = 768 * 768;

/** LLaMA-Factory: ShareGPT conversations with `<image>` in the text, images as files, and the entry that names the columns. */
export const llamaFactory: Exporter = {
  name: 'llama-factory',
  sets: ['sft'],
  provenance: 'within',
  findFault: (row) => findStrayMark(row, ['<image>', '<video>', '<audio>']),
  async write(source, folder) {
    const { mostImages } = source.facts;
    const columns = { messages: 'conversations', ...(mostImages > 0 && { images: 'images' }) };
    const info = { [NAME]: { file_name: FILE, formatting: 'sharegpt', columns } };
    await folder.write(
      FILE,
      encodeJsonLines(
        toRecords(source, async (row) => (mostImages > 0 ? folder.writeImages(imagesInOrder(row)) : undefined)),
      ),
    );
    await folder.write('dataset_info.json', `${JSON.stringify(info, null, 2)}\n`);
  },
  guide: ({ mostPixels }) => `
\`\`\`yaml
# with this folder as DIR
dataset: ${NAME}
dataset_dir: DIR
media_dir: DIR
template: qwen2_vl
cutoff_len: 8192
${mostPixels > DEFAULT_MAX_PIXELS ? `image_max_pixels: ${mostPixels}\n` : ''}\`\`\`

- Paths of images are relative to \`media_dir\`, which is \`dataset_dir\` unless it is said.
- Images of more than \`image_max_pixels\` are made smaller: 589,824 unless it is said. The largest here has ${mostPixels}.
${LEARNED_NOTE}\
- \`cutoff_len\` is 2,048 unless it is said, and cuts.
`,
};

async function* toRecords({ rows }: ExportSource, keepImages: (row: ExportRow) => Promise<string[] | undefined>) {
  for await (const row of rows()) {
    if (row.set !== 'sft') continue;
    yield {
      conversations: [
        ...(row.system === undefined ? [] : [{ from: 'system', value: row.system }]),
        { from: 'human', value: markedText(row) },
        { from: 'gpt', value: row.example.response },
      ],
      images: await keepImages(row),
      ...originOf(row),
    };
  }
}
