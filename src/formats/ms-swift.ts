import type { Exporter, ExportFolder, ExportSource } from './exporter.ts';
import { encodeJsonLines } from './json-lines.ts';
import { originOf } from './provenance.ts';
import { findStrayMark, imagesInOrder, LEARNED_NOTE, markedText } from './row-text.ts';

const MARKS = ['<image>', '<video>', '<audio>', '<bbox>', '<ref-object>', '<cot-process>', '<start-image>'];

/** ms-swift: `messages` with `<image>` in the text, images as files; for GRPO without the assistant's turn, with `solution`. */
export const msSwift: Exporter = {
  name: 'ms-swift',
  sets: ['sft', 'rl'],
  provenance: 'within',
  findFault: (row) => findStrayMark(row, MARKS),
  async write(source, folder) {
    await folder.write('train.jsonl', encodeJsonLines(toRecords(source, folder)));
  },
  guide: ({ set }) => `
\`\`\`sh
# in this folder, or with ROOT_IMAGE_DIR naming it: paths of images are relative
swift ${set === 'sft' ? 'sft' : 'rlhf --rlhf_type grpo'} --model MODEL --template qwen2_5_vl --dataset train.jsonl --max_length 8192
\`\`\`

- A checkpoint in a folder of another name than the model's own needs \`--template\`, and \`--model_type qwen2_5_vl\`.
- Images are resized by \`MIN_PIXELS\` and \`MAX_PIXELS\` of the environment (3,136 and 12,845,056 unless they are said), and
  not by the checkpoint's \`preprocessor_config.json\`: set them as they are there.
- A row that cannot be read (a path that leads nowhere, more tokens than \`--max_length\`) is left out; the log counts them.
${set === 'sft' ? LEARNED_NOTE : ''}`,
};

async function* toRecords({ facts, rows }: ExportSource, folder: ExportFolder) {
  for await (const row of rows()) {
    const answer = row.set === 'sft' ? [{ role: 'assistant', content: row.example.response }] : [];
    yield {
      messages: [
        ...(row.system === undefined ? [] : [{ role: 'system', content: row.system }]),
        { role: 'user', content: markedText(row) },
        ...answer,
      ],
      // A column that is empty in every row has no type to a reader of JSON.
      ...(facts.mostImages > 0 && { images: await folder.writeImages(imagesInOrder(row)) }),
      ...(row.set === 'rl' && { solution: row.prompt.groundTruth }),
      ...originOf(row),
    };
  }
}
