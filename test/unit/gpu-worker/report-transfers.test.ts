import { reportTransfers } from '../../../containers/gpu-worker/report-transfers.ts';
import type { Progress } from '../../../src/schema/progress.ts';

const MEBIBYTE = 2 ** 20;

describe('reports of transfers', () => {
  it('come with each 256 MiB of a stream, and leave the share of the work as it was', () => {
    const reported: Progress[] = [];
    const { report, onTransfer } = reportTransfers((progress) => reported.push(progress));
    const read = (mebibytes: number) => onTransfer({ direction: 'read', key: 'a', bytes: mebibytes * MEBIBYTE });
    read(8);
    expect(reported).toEqual([]);
    read(260);
    read(300);
    const work = { stage: 'train-rl', done: 3, total: 8, unit: 'steps' };
    report({ ...work, metrics: { 'loss/rl': 1 } });
    onTransfer({ direction: 'written', key: 'b', bytes: 512 * MEBIBYTE });
    // Another stream of the same object.
    read(8);
    read(256);
    expect(reported).toEqual([
      { stage: 'store', done: 0, total: 0, unit: 'bytes', metrics: { readBytes: 260 * MEBIBYTE } },
      { ...work, metrics: { 'loss/rl': 1 } },
      { ...work, metrics: { writtenBytes: 512 * MEBIBYTE } },
      { ...work, metrics: { readBytes: 256 * MEBIBYTE } },
    ]);
  });
});
