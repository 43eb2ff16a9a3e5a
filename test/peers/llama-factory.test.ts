import { join } from 'node:path';
import { llamaFactory } from '../../src/formats/llama-factory.ts';
import { aPublishedRun, questionsOfEveryKind } from '../support/published-run.ts';
import { findPythonOnTorch } from '../support/python-environment.ts';
import { runPeer } from '../support/run-peer.ts';
import { ourRows, PEER_MODEL, type TaughtRow } from '../support/taught-rows.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import { writeExport } from '../support/write-export.ts';

describe('an export for LLaMA-Factory', () => {
  const folder = aTemporaryFolder();

  it('gives its loader and template our tokens, loss and pixels, and the line break after the end token', async () => {
    const store = await aPublishedRun(join(folder, 'store'), await questionsOfEveryKind());
    const { out } = await writeExport(store, llamaFactory, 'sft', join(folder, 'sft'));
    const environment = findPythonOnTorch('llamafactory==0.9.5', 'torchvision==0.29.2');
    if ('missing' in environment) throw new Error(environment.missing);
    const script = 'test/peers/llama_factory_rows.py';
    const rows = runPeer<Omit<TaughtRow, 'id'>[]>(environment.python, script, PEER_MODEL, out, join(folder, 'scratch'));
    const ours = await ourRows(store, { after: '\n' });
    expect(rows).toEqual(ours.map(({ id, ...row }) => row));
  });
});
