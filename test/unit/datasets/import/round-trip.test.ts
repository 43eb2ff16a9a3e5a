import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertDataset } from '../../../../src/datasets/import/convert-dataset.ts';
import { readDataset } from '../../../../src/datasets/read-dataset.ts';
import type { ExportSet } from '../../../../src/formats/exporter.ts';
import { findExporter } from '../../../../src/formats/exporters.ts';
import { layOutImages } from '../../../../src/schema/image-marks.ts';
import { promptsKey } from '../../../../src/schema/keys.ts';
import { Prompt } from '../../../../src/schema/prompt.ts';
import { questionText } from '../../../../src/schema/question-text.ts';
import { createLocalStore } from '../../../../src/store/local-store.ts';
import { readRecords } from '../../../../src/store/records.ts';
import type { Store } from '../../../../src/store/store.ts';
import { aPublishedRun, questionsOfEveryKind, RUN_ID } from '../../../support/published-run.ts';
import { aTemporaryFolder } from '../../../support/temporary-folder.ts';
import { writeExport } from '../../../support/write-export.ts';

const folder = aTemporaryFolder();
const model = { title: 'a model', controlTokens: [], countImageTokens: () => 1 };

/** What the policy sees of a prompt: its words, and each image by its content where it stands. */
const asSeen = (prompt: Prompt) =>
  layOutImages(questionText(prompt), prompt.images.length)
    .map((piece) => (piece.kind === 'text' ? piece.text : `<${prompt.images[piece.index].sha256}>`))
    .join('');

describe('a run that is exported and converted again', () => {
  let store: Store;
  let prompts: Prompt[];
  beforeAll(async () => {
    store = await aPublishedRun(join(folder, 'store'), await questionsOfEveryKind());
    prompts = await readRecords(store, promptsKey(RUN_ID, 'train'), Prompt);
  });

  it.each<[format: string, set: ExportSet, from: string]>([
    ['verl', 'rl', 'verl'],
    ['trl', 'rl', 'trl'],
    ['ms-swift', 'rl', 'trl'],
    ['trl', 'sft', 'trl'],
    ['verl', 'sft', 'trl'],
    ['ms-swift', 'sft', 'trl'],
    ['llama-factory', 'sft', 'sharegpt'],
    ['openai', 'sft', 'trl'],
    ['bedrock', 'sft', 'bedrock'],
  ])('as %s of the set %s asks the same', async (format, set, from) => {
    const out = join(folder, `${format}-${set}`);
    await writeExport(store, findExporter(format), set, out);
    const guessed: string[] = [];
    const { faults, ...summary } = await convertDataset(
      { source: out, out: `${out}-back`, model },
      { onGuess: (name) => guessed.push(name), onRow() {} },
    );
    expect([faults, guessed]).toEqual([[], [from]]);
    const back: string[] = [];
    for await (const entry of readDataset(createLocalStore(`${out}-back`), '')) {
      back.push(entry.kind === 'prompt' ? asSeen(entry.prompt) : entry.message);
    }
    expect(back.sort()).toEqual(prompts.map(asSeen).sort());
    expect(summary.prompts).toBe(prompts.length);
    expect(readFileSync(summary.out!, 'utf8')).toContain('"answer":"7"');
  });
});
