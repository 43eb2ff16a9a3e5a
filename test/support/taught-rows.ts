import { join } from 'node:path';
import { sha256Of } from '../../src/base/hash.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { folderModelFiles } from '../../src/engine/weights/model-files.ts';
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
  tokens: number[];
  /** The token where it carries loss, -100 elsewhere: what trainers call labels. */
  learned: number[];
  /** The sha256 of each image's RGB pixels, in the order in which the images stand. */
  images: string[];
}

/** What our SFT makes of a run's examples. `after` are tokens that a peer writes, and learns, past our end token. */
export async function ourRows(store: Store, { after = '' }: { after?: string } = {}): Promise<TaughtRow[]> {
  const processor = await loadProcessor(folderModelFiles(PEER_MODEL).read);
  const { rows } = await openRows(store, RUN_ID, 'sft');
  const taught: TaughtRow[] = [];
  for await (const row of rows()) {
    if (row.set !== 'sft') continue;
    const files = row.images.map(({ bytes }) => bytes);
    const config = aRunConfig({ policy: { model: 'models/base/', systemPrompt: row.system } });
    const asked = await processPrompt(processor, row.prompt, files, config);
    const { prompt, completionIds } = buildSftSequence(processor, asked, row.example);
    const answer = [...completionIds, ...processor.encode(after)];
    taught.push({
      tokens: [...prompt.tokenIds, ...answer],
      learned: [...prompt.tokenIds.map(() => -100), ...answer],
      images: await Promise.all(
        imagesInOrder(row).map(async ({ bytes, name }) => sha256Of((await decodeImage(bytes, name)).data)),
      ),
    });
  }
  return taught;
}
