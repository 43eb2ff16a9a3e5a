import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuseTrainingPrompts } from '../../../src/evaluation/refuse-training-prompts.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

async function dataset(name: string, promptId: string, question: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `${JSON.stringify({ promptId, question, answer: '2' })}\n`);
  return path;
}

describe('training prompts in an evaluation', () => {
  it('are refused by id and by words, whatever their case', async () => {
    const data = await dataset('data.jsonl', 'a', 'What is one and one?');
    const sameId = await dataset('id.jsonl', 'a', 'What is four less two?');
    await expect(refuseTrainingPrompts(data, sameId)).rejects.toThrow(/a is also a training prompt by its id, at .*id/);
    const sameWords = await dataset('words.jsonl', 'b', 'what is ONE and one');
    await expect(refuseTrainingPrompts(data, sameWords)).rejects.toThrow(/by its words.*1 prompts of .*words.jsonl/);
    const other = await dataset('else.jsonl', 'c', 'What is three less one?');
    await expect(refuseTrainingPrompts(data, other)).resolves.toBeUndefined();
  });

  it('are refused by an image and by content', async () => {
    await expect(refuseTrainingPrompts('examples/dataset', 'examples/dataset')).rejects.toThrow(/6 prompts of/);
  });
});
