import { encodeEvent } from '../../../src/trackers/tensorboard/encode-event.ts';
import { binValues } from '../../../src/trackers/tensorboard/histogram.ts';
import { encodeTfRecords } from '../../../src/trackers/tensorboard/record-file.ts';

describe('a file of TFRecords', () => {
  it('is that of TensorBoard, checksums included', () => {
    // tensorboard.summary.writer.record_writer.RecordWriter of 2.21.0 on b'metis'
    expect(encodeTfRecords([Buffer.from('metis')]).toString('hex')).toBe('0500000000000000eab2043e6d657469739f009952');
  });
});

describe('an event', () => {
  it('is that of TensorBoard for a scalar', () => {
    const event = encodeEvent({ kind: 'scalars', step: 3, time: 1.5, values: { 'rl/reward/mean': 0.5 } });
    expect(Buffer.from(event).toString('hex')).toBe(
      '09000000000000f83f10032a170a150a0e726c2f7265776172642f6d65616e150000003f',
    );
  });
});

describe('the bins of a histogram', () => {
  it('hold every value, the largest too', () => {
    const values = Array.from({ length: 61 }, (_, i) => i / 60);
    const { min, max, count, limits, counts } = binValues(values)!;
    expect({ min, max, count, bins: counts.length, last: limits.at(-1) }).toEqual({
      ...{ min: 0, max: 1, count: 61, bins: 30, last: 1 },
    });
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(61);
    expect(counts.at(-1)).toBe(3);
  });

  it('are one where all values are the same, and none where there are none', () => {
    expect(binValues([2, 2, 2])).toMatchObject({ limits: [2], counts: [3], sumSquares: 12 });
    expect(binValues([])).toBeUndefined();
  });
});
