import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BASE_HABITS, drawBaseExample } from '../../../models/rise-tiny/corpus/base-corpus.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import type { Processor } from '../../../src/engine/processing/processor.ts';
import { folderModelFiles } from '../../../src/engine/weights/model-files.ts';
import { drawTask } from '../../../src/tasks/charts/task.ts';
import { TIERS, type TierName } from '../../../src/tasks/charts/tiers.ts';
import { loadProcessor } from '../../support/load-processor.ts';

const folder = join(packageRoot, 'models/rise-tiny');
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

let processor: Processor;
beforeAll(async () => {
  processor = await loadProcessor(folderModelFiles(folder).read);
});

describe("rise-tiny's tokenizer", () => {
  it('keeps every question and response whole, in few tokens', () => {
    const tasks = (Object.keys(TIERS) as TierName[]).flatMap((tier) => SEEDS.map((seed) => drawTask(tier, seed)));
    const examples = SEEDS.map((seed) => drawBaseExample(seed, BASE_HABITS));
    const responses = [...tasks.map((task) => task.solution), ...examples.map((example) => example.response)];
    expectShort(
      [...tasks, ...examples.map(({ task }) => task)].map(({ question }) => question),
      16,
    );
    expectShort(responses, 40);
  });

  it('has the special tokens where config.json says', async () => {
    const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    expect(processor.encode('<|image_pad|><|video_pad|><|vision_start|><|vision_end|>')).toEqual([
      config.image_token_id,
      config.video_token_id,
      config.vision_start_token_id,
      config.vision_end_token_id,
    ]);
    expect(processor.encode('<|im_end|><|endoftext|>')).toEqual(processor.stopTokenIds);
    const { added_tokens: added } = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8'));
    expect(config.text_config.vocab_size).toBe(1 + Math.max(...added.map((token: { id: number }) => token.id)));
  });

  it('asks with one token per merged patch and no system message', async () => {
    const [image] = drawTask('read', 0).images;
    const content = [
      { type: 'image' as const, image },
      { type: 'text' as const, text: 'How tall is the red bar?' },
    ];
    const { tokenIds, images } = await processor.processPrompt({ content });
    expect(images[0].gridThw).toEqual([1, 8, 8]);
    expect(processor.decode(tokenIds, { skipSpecialTokens: false })).toBe(
      `<|im_start|>user\n<|vision_start|>${'<|image_pad|>'.repeat(16)}<|vision_end|>How tall is the red bar?<|im_end|>\n` +
        '<|im_start|>assistant\n',
    );
  });
});

function expectShort(texts: string[], mostTokens: number): void {
  for (const text of texts) {
    const tokenIds = processor.encode(text);
    expect(processor.decode(tokenIds, { skipSpecialTokens: true })).toBe(text);
    expect(tokenIds.length).toBeLessThanOrEqual(mostTokens);
  }
}
