import { disposeAfter } from '../../../src/base/dispose-after.ts';

describe('disposeAfter', () => {
  /** A resource that notes what happens to it. */
  function aResource() {
    const events: string[] = [];
    return { events, [Symbol.dispose]: () => void events.push('disposed') };
  }

  it('disposes once the work is done, and gives its result', async () => {
    const resource = aResource();
    const result = await disposeAfter(resource, async ({ events }) => events.push('worked'));
    expect(result).toBe(1);
    expect(resource.events).toEqual(['worked', 'disposed']);
  });

  it('disposes of what failing work has used, and passes the error on', async () => {
    const resource = aResource();
    await expect(disposeAfter(resource, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(resource.events).toEqual(['disposed']);
  });
});
