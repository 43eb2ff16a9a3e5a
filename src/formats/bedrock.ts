import sharp from 'sharp';
import type { Exporter, ExportFolder, ExportSource } from './exporter.ts';
import { encodeJsonLines } from './json-lines.ts';
import { textsOf } from './row-text.ts';

const IMAGE_FORMATS = ['png', 'jpeg', 'gif', 'webp'];
/** A job fails where a prompt or the system prompt has one of them (https://docs.aws.amazon.com/nova, 2026-11-29). */
const RESERVED = ['User:', 'Bot:', 'Assistant:', 'System:', '<image>', '<video>', '[EOS]'];

/** Fine-tuning of Amazon Nova on Bedrock: messages of Converse, images by where they lie in the bucket of the data. */
export const bedrock: Exporter = {
  name: 'bedrock',
  sets: ['sft'],
  provenance: 'beside',
  needsS3: true,
  async findFault(row) {
    for (const { who, text } of textsOf(row)) {
      const word = who === 'response' ? undefined : RESERVED.find((reserved) => text.includes(reserved));
      if (word) return `its ${who} says ${word}, which Nova keeps for itself; leave the example out, or reword it`;
    }
    for (const { name, bytes } of row.images) {
      const { format } = await sharp(bytes).metadata();
      if (!IMAGE_FORMATS.includes(format)) return `its image ${name} is a ${format}; make it a PNG, JPEG, GIF or WebP`;
    }
    return undefined;
  },
  async write(source, folder) {
    await folder.write('train.jsonl', encodeJsonLines(toRecords(source, folder)));
  },
  guide: ({ s3 }) => `
\`\`\`sh
aws s3 sync . ${s3?.uri}
aws bedrock create-model-customization-job --training-data-config s3Uri=${s3?.uri}/train.jsonl ...
\`\`\`

- Images are named by where they will lie in the bucket, which has to be that of \`train.jsonl\`; the job's role has to be
  allowed to read both.
- Only \`train.jsonl\` is read.
`,
};

async function* toRecords({ rows, facts: { s3 } }: ExportSource, folder: ExportFolder) {
  for await (const row of rows()) {
    if (row.set !== 'sft') continue;
    const paths = await folder.writeImages(row.images);
    const content = await Promise.all(
      row.content.map(async (piece) => {
        if (piece.kind === 'text') return { text: piece.text };
        const { format } = await sharp(row.images[piece.index].bytes).metadata();
        const s3Location = { uri: `${s3?.uri}/${paths[piece.index]}`, bucketOwner: s3?.owner };
        return { image: { format, source: { s3Location } } };
      }),
    );
    yield {
      schemaVersion: 'bedrock-conversation-2024',
      ...(row.system !== undefined && { system: [{ text: row.system }] }),
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: [{ text: row.example.response }] },
      ],
    };
  }
}
