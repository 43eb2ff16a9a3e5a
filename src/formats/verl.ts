import type { Exporter, ExportRow, ExportSource } from './exporter.ts';
import { encodeParquet, field, IMAGES } from './parquet.ts';
import { originOf } from './provenance.ts';
import { embeddedImages, findStrayMark, LEARNED_NOTE, markedText } from './row-text.ts';

/** What rewards are asked by: verl has no scorer of this name, and asks for the user's. */
const DATA_SOURCE = 'metis-rise';

/**
 * verl: Parquet with `<image>` in the text and images embedded. Its SFT trainer learns each assistant turn of `messages`, its
 * RL trainers ask `prompt` and score by `reward_model`.
 */
export const verl: Exporter = {
  name: 'verl',
  sets: ['sft', 'rl'],
  provenance: 'within',
  findFault: (row) => findStrayMark(row, ['<image>', '<video>', '<audio>']),
  async write(source, folder) {
    await folder.write('train.parquet', encodeParquet(toRecords(source), COLUMNS[source.facts.set]));
  },
  guide: ({ set }) => (set === 'sft' ? SFT_GUIDE : RL_GUIDE),
};

const SFT_GUIDE = `
\`\`\`sh
torchrun -m verl.trainer.sft_trainer data.train_files=train.parquet data.messages_key=messages data.max_length=8192
\`\`\`

- A row of more than \`data.max_length\` tokens, 1,024 unless it is said, is an error.
${LEARNED_NOTE}`;

const RL_GUIDE = `
\`\`\`sh
python -m verl.trainer.main_ppo data.train_files=train.parquet data.max_prompt_length=4096 \\
  custom_reward_function.path=reward.py
\`\`\`

\`\`\`python
# reward.py: 0.9 for the boxed answer, 0.1 for the format (pip install mathruler)
from verl.utils.reward_score import geo3k
def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    return geo3k.compute_score(solution_str, ground_truth)
\`\`\`

- Without a reward of your own the first step fails: verl knows no data source \`${DATA_SOURCE}\`.
- A prompt of more than \`data.max_prompt_length\` tokens, 1,024 unless it is said, or one that cannot be read, is left out
  without a word.
`;

const MESSAGES = (name: string) => field.list(name, field.struct('element', field.text('role'), field.text('content')));

const COLUMNS = {
  sft: [MESSAGES('messages'), IMAGES, field.text('id'), field.text('provenance')],
  rl: [
    field.text('data_source'),
    MESSAGES('prompt'),
    IMAGES,
    field.text('ability'),
    field.struct('reward_model', field.text('style'), field.text('ground_truth')),
    field.struct('extra_info', field.number('index'), field.text('id'), field.text('provenance')),
  ],
};

async function* toRecords({ rows }: ExportSource) {
  let index = 0;
  for await (const row of rows()) {
    const prompt = toMessages(row);
    const images = embeddedImages(row);
    const origin = originOf(row);
    if (row.set === 'sft') {
      yield { messages: [...prompt, { role: 'assistant', content: row.example.response }], images, ...origin };
    } else {
      const reward_model = { style: 'rule', ground_truth: row.prompt.groundTruth };
      const extra_info = { index: BigInt(index), ...origin };
      yield {
        data_source: DATA_SOURCE,
        prompt,
        images,
        ability: row.prompt.tier ?? 'reasoning',
        reward_model,
        extra_info,
      };
    }
    index += 1;
  }
}

const toMessages = (row: ExportRow) => [
  ...(row.system === undefined ? [] : [{ role: 'system', content: row.system }]),
  { role: 'user', content: markedText(row) },
];
