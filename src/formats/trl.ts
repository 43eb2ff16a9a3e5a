import type { Exporter, ExportRow, ExportSet, ExportSource } from './exporter.ts';
import { encodeParquet, field, IMAGES } from './parquet.ts';
import { originOf } from './provenance.ts';
import { embeddedImages, LEARNED_NOTE } from './row-text.ts';

/**
 * TRL: a prompt and its completion as messages of parts, images embedded. `SFTTrainer` learns the completion alone;
 * `GRPOTrainer` asks the prompt and gives `solution` to its rewards.
 */
export const trl: Exporter = {
  name: 'trl',
  sets: ['sft', 'rl'],
  provenance: 'within',
  async write(source, folder) {
    await folder.write('train.parquet', encodeParquet(toRecords(source), COLUMNS[source.facts.set]));
  },
  guide: ({ set, mostImages }) => `
\`\`\`python
from datasets import load_dataset
rows = load_dataset("parquet", data_files="train.parquet", split="train")
${TRAINERS[set]}
\`\`\`

${set === 'sft' ? `- \`max_length\` is 1,024 unless it is said, and cuts the completion without a word: give \`None\`.\n${LEARNED_NOTE}` : ''}\
${mostImages > 0 ? '- Without the column `images` the pixels are left out: take no column away.\n' : ''}`,
};

const TRAINERS: Record<ExportSet, string> = {
  sft: `from trl import SFTConfig, SFTTrainer
SFTTrainer(model, args=SFTConfig(max_length=None), train_dataset=rows)`,
  rl: `from trl import GRPOTrainer
from trl.rewards import accuracy_reward  # or one of your own; it is given the column "solution"
GRPOTrainer(model, reward_funcs=accuracy_reward, train_dataset=rows)`,
};

const MESSAGES = (name: string) =>
  field.list(
    name,
    field.struct(
      'element',
      field.text('role'),
      field.list('content', field.struct('element', field.text('type'), field.text('text'))),
    ),
  );

const ORIGIN = [field.text('id'), field.text('provenance')];
const COLUMNS = {
  sft: [MESSAGES('prompt'), MESSAGES('completion'), IMAGES, ...ORIGIN],
  rl: [MESSAGES('prompt'), IMAGES, field.text('solution'), ...ORIGIN],
};

async function* toRecords({ rows }: ExportSource) {
  for await (const row of rows()) {
    const prompt = [...(row.system === undefined ? [] : [aMessage('system', row.system)]), askedBy(row)];
    const images = embeddedImages(row);
    const origin = originOf(row);
    if (row.set === 'rl') yield { prompt, images, solution: row.prompt.groundTruth, ...origin };
    else yield { prompt, completion: [aMessage('assistant', row.example.response)], images, ...origin };
  }
}

const aMessage = (role: string, text: string) => ({ role, content: [{ type: 'text', text }] });

const askedBy = ({ content }: ExportRow) => ({
  role: 'user',
  content: content.map((piece) => (piece.kind === 'text' ? { type: 'text', text: piece.text } : { type: 'image' })),
});
