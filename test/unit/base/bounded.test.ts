import { setTimeout as sleep } from 'node:timers/promises';
import { mapBounded, streamBounded } from '../../../src/base/bounded.ts';

async function* countTo(last: number, onClose = () => {}) {
  try {
    for (let number = 1; number <= last; number++) yield number;
  } finally {
    onClose();
  }
}

/** Work that takes the less time the higher its number, and what it saw. */
function recordedWork() {
  let underWay = 0;
  const seen = { most: 0, started: [] as number[], ended: [] as number[] };
  const work = async (number: number) => {
    underWay += 1;
    seen.most = Math.max(seen.most, underWay);
    seen.started.push(number);
    await sleep(20 - number);
    underWay -= 1;
    seen.ended.push(number);
    return number * number;
  };
  return { work, seen };
}

describe('mapBounded', () => {
  it.each([
    ['a list', () => [1, 2, 3, 4, 5]],
    ['a stream', () => countTo(5)],
  ])('gives the results of %s in order, whichever ends first', async (_, items) => {
    const { work, seen } = recordedWork();
    expect(await mapBounded(items(), 2, work)).toEqual([1, 4, 9, 16, 25]);
    expect(seen.most).toBe(2);
  });

  it('takes a limit over the number of items, and none at all', async () => {
    expect(await mapBounded([1, 2], Number.POSITIVE_INFINITY, recordedWork().work)).toEqual([1, 4]);
    expect(await mapBounded([], 3, recordedWork().work)).toEqual([]);
  });

  it('throws the first error once what is under way has ended, starts nothing more and closes the source', async () => {
    const { work, seen } = recordedWork();
    let isClosed = false;
    const failing = async (number: number) => {
      if (number === 2) throw new Error('2 is no good');
      return work(number);
    };
    const source = countTo(9, () => {
      isClosed = true;
    });
    await expect(mapBounded(source, 3, failing)).rejects.toThrow('2 is no good');
    expect(seen.started).toEqual(seen.ended.toSorted());
    expect(seen.started.length).toBeLessThanOrEqual(3);
    expect(isClosed).toBe(true);
  });

  it('throws an error of the source once what is under way has ended', async () => {
    const { work, seen } = recordedWork();
    const torn = async function* () {
      yield* [1, 2];
      throw new Error('the stream broke');
    };
    await expect(mapBounded(torn(), 3, work)).rejects.toThrow('the stream broke');
    expect(seen.ended).toHaveLength(2);
  });

  it('throws the reason at once when the signal aborts, though nothing that is under way ends', async () => {
    const stop = new AbortController();
    let isClosed = false;
    const source = countTo(9, () => {
      isClosed = true;
    });
    const hanging = mapBounded(source, 2, () => new Promise<never>(() => {}), stop.signal);
    setTimeout(() => stop.abort(new Error('time is over')), 5);
    await expect(hanging).rejects.toThrow('time is over');
    await sleep(1);
    expect(isClosed).toBe(true);
    await expect(mapBounded([1], 1, async () => 1, stop.signal)).rejects.toThrow('time is over');
  });
});

describe('streamBounded', () => {
  it('yields in order and works ahead no further than its limit', async () => {
    const { work, seen } = recordedWork();
    const stream = streamBounded([1, 2, 3, 4, 5], 3, work);
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    expect(seen.started).toEqual([1, 2, 3]);
    const rest: number[] = [];
    for await (const square of stream) rest.push(square);
    expect(rest).toEqual([4, 9, 16, 25]);
  });

  it('throws an error in its turn', async () => {
    const stream = streamBounded([1, 2, 3], 3, async (number) => {
      if (number === 2) throw new Error('2 is no good');
      await sleep(5);
      return number;
    });
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    await expect(stream.next()).rejects.toThrow('2 is no good');
  });
});
