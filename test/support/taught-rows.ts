import { join } from 'node:path';
import { sha256Of } from '../../src/base/hash.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import type { Processor } from '../../src/engine/processing/processor.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
import type { Question } from '../../src/formats/exporter.ts';
import { openRows } from '../../src/formats/read-rows.ts';
import { imagesInOrder } from '../../src/formats/row-text.ts';
import { decodeImage } from '../../src/images/decode-image.ts';
import { processPrompt } from '../../src/stages/process-prompt.ts';
import { buildSftSequence } from '../../src/stages/train-sft/sequence-source.ts';
import type { Store } from '../../src/store/store.ts';
import { aRunConfig } from './factories.ts';
import { loadProcessor } from './load-processor.ts';
import { RUN_ID } from './published-run.ts';

/** A checkpoint that a peer's own library loads, tokenizer and processor included. */
export const PEER_MODEL = join(packageRoot, 'models/rise-tiny');

/** An example as a trainer takes it. */
export interface TaughtRow {
  id: string;
  tokens: number[];
  /** The token where it carries loss, -100 elsewhere: what trainers call labels. */
  learned: number[];
  /** The sha256 of each image's RGB pixels, in the order in which the images stand. */
  images: string[];
}

/** A prompt as RL asks it. */
export interface AskedRow extends Omit<TaughtRow, 'learned'> {
  answer: string;
}

/** What our SFT makes of a run's examples. `after` are tokens that a peer writes, and learns, past our end token. */
export async function ourRows(store: Store, { after = '' }: { after?: string } = {}): Promise<TaughtRow[]> {
  const processor = await loadProcessor(folderModelFiles(PEER_MODEL).read);
  const taught: TaughtRow[] = [];
  for await (const row of (await openRows(store, RUN_ID, 'sft')).rows()) {
    if (row.set !== 'sft') continue;
    const { prompt, completionIds } = buildSftSequence(processor, await process(processor, row), row.example);
    const answer = [...completionIds, ...processor.encode(after)];
    taught.push({
      id: row.id,
      tokens: [...prompt.tokenIds, ...answer],
      learned: [...prompt.tokenIds.map(() => -100), ...answer],
      images: await pixelsOf(row),
    });
  }
  return taught;
}

/** What our rollouts make of a run's training prompts. */
export async function ourPrompts(store: Store): Promise<AskedRow[]> {
  const processor = await loadProcessor(folderModelFiles(PEER_MODEL).read);
  const asked: AskedRow[] = [];
  for await (const row of (await openRows(store, RUN_ID, 'rl')).rows()) {
    const { tokenIds } = await process(processor, row);
    asked.push({ tokens: tokenIds, images: await pixelsOf(row), id: row.id, answer: row.prompt.groundTruth });
  }
  return asked;
}

const process = (processor: Processor, { system, prompt, images }: Question) =>
  processPrompt(
    processor,
    prompt,
    images.map(({ bytes }) => bytes),
    aRunConfig({ policy: { model: 'models/base/', systemPrompt: system } }),
  );

const pixelsOf = (row: Question) =>
  Promise.all(imagesInOrder(row).map(async ({ bytes, name }) => sha256Of((await decodeImage(bytes, name)).data)));
