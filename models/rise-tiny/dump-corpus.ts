/**
 * Prints the text that the tokenizer of rise-tiny is trained on, one JSON string a line: questions, worked solutions and base
 * responses of every tier, the expert's included, so that no capability is taught in worse words than another.
 *
 *     node models/rise-tiny/dump-corpus.ts > corpus.jsonl
 */
import { drawTask } from '../../src/tasks/charts/task.ts';
import { TIERS, type TierName } from '../../src/tasks/charts/tiers.ts';
import { BASE_HABITS, drawBaseExample } from './corpus/base-corpus.ts';

const EXAMPLES_PER_SOURCE = 3000;

const texts: string[] = [];
for (let seed = 0; seed < EXAMPLES_PER_SOURCE; seed++) {
  for (const tier of Object.keys(TIERS) as TierName[]) {
    const { question, solution } = drawTask(tier, seed);
    texts.push(question, solution);
  }
  const { task, response } = drawBaseExample(seed, BASE_HABITS);
  texts.push(task.question, response);
}
process.stdout.write(`${texts.map((text) => JSON.stringify(text)).join('\n')}\n`);
