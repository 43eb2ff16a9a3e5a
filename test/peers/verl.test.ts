import { join } from 'node:path';
import { verl } from '../../src/formats/verl.ts';
import type { Store } from '../../src/store/store.ts';
import { aPublishedRun, questionsOfEveryKind } from '../support/published-run.ts';
import { findPythonOnTorch } from '../support/python-environment.ts';
import { runPeer } from '../support/run-peer.ts';
import { type AskedRow, ourPrompts, ourRows, PEER_MODEL, type TaughtRow } from '../support/taught-rows.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import { writeExport } from '../support/write-export.ts';

interface VerlRows {
  sft: Pick<TaughtRow, 'tokens' | 'learned'>[];
  rl: (AskedRow & { index: number; source: string; score: number })[];
  /** What verl's own choice of a scorer says of our data source. */
  refusal: string;
}

describe('an export for verl', () => {
  const folder = aTemporaryFolder();
  let store: Store;
  let rows: VerlRows;

  beforeAll(async () => {
    store = await aPublishedRun(join(folder, 'store'), await questionsOfEveryKind());
    for (const set of ['sft', 'rl'] as const) await writeExport(store, verl, set, join(folder, set));
    const packages = ['verl==0.9.1', 'torchvision==0.29.2', 'qwen-vl-utils==0.0.14', 'mathruler==0.1.0'];
    const environment = findPythonOnTorch(...packages);
    if ('missing' in environment) throw new Error(environment.missing);
    const files = (['sft', 'rl'] as const).map((set) => join(folder, set, 'train.parquet'));
    rows = runPeer(environment.python, 'test/peers/verl_rows.py', PEER_MODEL, ...files, join(folder, 'scratch'));
  });

  it('gives its SFT data set our tokens and loss, and the line break after the end token', async () => {
    const ours = await ourRows(store, { after: '\n' });
    expect(rows.sft).toEqual(ours.map(({ tokens, learned }) => ({ tokens, learned })));
  });

  it('gives its RL data set our prompts and pixels, with what scores an answer', async () => {
    const ours = await ourPrompts(store);
    expect(rows.rl).toEqual(ours.map((row, index) => ({ ...row, index, source: 'metis-rise', score: 1 })));
  });

  it('needs a reward of the user, as its README says', () => {
    expect(rows.refusal).toMatch(/not implemented for.*metis-rise/);
  });
});
