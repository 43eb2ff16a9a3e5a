import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DownloadEvent, downloadRun } from '../../../src/aws/download-run.ts';
import { renderDownload } from '../../../src/cli/views/download-view.ts';
import { CorruptRecordError, InvalidInputError } from '../../../src/schema/errors.ts';
import { manifestKey, reportPrefix, sftCheckpointPrefix, summaryKey } from '../../../src/schema/keys.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const WEIGHTS = Buffer.alloc(200_000, 'weights');
const CHECKPOINT = sftCheckpointPrefix('r');

/** A store that holds a finished run's checkpoint; parts are listed as the store has them unless `listed` says otherwise. */
async function aFinishedRun(listed: { key?: string; sha256?: string } = {}) {
  const store = createLocalStore(mkdtempSync(join(folder, 'store-')));
  const put = async (prefix: string, name: string, bytes: Buffer, changed = {}) => {
    await store.write(prefix + name, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const part = { key: prefix + name, bytes: bytes.byteLength, sha256, ...changed };
    const manifest = { stage: 's', runId: 'r', parts: [part], summary: {}, seed: 1, versions: {} };
    await store.write(manifestKey(prefix), JSON.stringify(manifest));
  };
  await put(CHECKPOINT, 'model.safetensors', WEIGHTS, listed);
  await put(reportPrefix('r'), 'report.txt', Buffer.from('report'));
  await store.write(summaryKey('r'), '{"runId":"r"}');
  const out = mkdtempSync(join(folder, 'out-'));
  const events: DownloadEvent[] = [];
  const download = (...kinds: ('checkpoint' | 'shards' | 'report')[]) =>
    downloadRun(store, { runId: 'r', kinds, folder: out }, (event) => events.push(event));
  const file = join(out, 'checkpoint/model.safetensors');
  const outcomes = () => events.flatMap((event) => (event.kind === 'file' ? [event.outcome] : []));
  return { out, file, events, outcomes, download };
}

describe('downloading a run', () => {
  it('fetches what is there, and says what is not', async () => {
    const { out, file, events, download } = await aFinishedRun();
    await download();
    expect(readFileSync(file).equals(WEIGHTS)).toBe(true);
    expect(readFileSync(join(out, 'report/summary.json'), 'utf8')).toBe('{"runId":"r"}');
    const told = events.filter(({ kind }) => kind === 'missing' || kind === 'done').map(renderDownload);
    expect(told).toEqual(['shards  not there yet', `2 files, 200.0 kB, every sha256 right, in ${out}`]);
  });

  it('leaves right files alone and replaces wrong ones', async () => {
    const { file, outcomes, download } = await aFinishedRun();
    await download('checkpoint');
    await download('checkpoint');
    writeFileSync(file, Buffer.alloc(WEIGHTS.byteLength));
    await download('checkpoint');
    expect(outcomes()).toEqual(['downloaded', 'present', 'downloaded']);
    expect(readFileSync(file).equals(WEIGHTS)).toBe(true);
  });

  it('goes on with the bytes that had arrived, without asking for them again', async () => {
    const { out, file, events, outcomes, download } = await aFinishedRun();
    mkdirSync(join(out, 'checkpoint'));
    writeFileSync(`${file}.part`, WEIGHTS.subarray(0, 150_000));
    await download('checkpoint');
    expect(outcomes()).toEqual(['resumed']);
    expect(events.find(({ kind }) => kind === 'progress')).toMatchObject({ bytes: 200_000, totalBytes: 200_000 });
    expect(readFileSync(file).equals(WEIGHTS)).toBe(true);
    expect(existsSync(`${file}.part`)).toBe(false);
  });

  it('starts over where the bytes that had arrived were wrong', async () => {
    const { out, file, outcomes, download } = await aFinishedRun();
    mkdirSync(join(out, 'checkpoint'));
    writeFileSync(`${file}.part`, Buffer.alloc(150_000));
    await download('checkpoint');
    expect(outcomes()).toEqual(['downloaded']);
    expect(readFileSync(file).equals(WEIGHTS)).toBe(true);
  });

  it('refuses bytes that are not what the manifest says, and keeps none', async () => {
    const { file, download } = await aFinishedRun({ sha256: '0'.repeat(64) });
    await expect(download('checkpoint')).rejects.toThrow(CorruptRecordError);
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
  });

  it.each(['runs/other/file', `${CHECKPOINT}../../../../outside`])('follows no manifest to %s', async (key) => {
    await expect((await aFinishedRun({ key })).download('checkpoint')).rejects.toThrow(
      /lies elsewhere|is no store key/,
    );
  });

  it('says what is not there when it was asked for', async () => {
    await expect((await aFinishedRun()).download('shards')).rejects.toThrow(InvalidInputError);
  });
});
