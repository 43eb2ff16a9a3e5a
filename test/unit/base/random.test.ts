import { createRandom } from '../../../src/base/random.ts';

describe('a seeded random source', () => {
  it('draws the same on every platform', () => {
    const random = createRandom(7);
    expect([random.int(1000), random.int(1000), random.int(1000), random.int(1000)]).toEqual([714, 834, 336, 977]);
  });

  it('differs between neighbouring seeds', () => {
    const firstDraws = new Set(Array.from({ length: 1000 }, (_, seed) => createRandom(seed).next()));
    expect(firstDraws.size).toBe(1000);
  });

  it('draws every integer below n about equally often', () => {
    const random = createRandom(1);
    const counts = new Array(6).fill(0);
    for (let draw = 0; draw < 60_000; draw++) counts[random.int(6)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400); // over four standard deviations
  });

  it('shuffles a copy into every order', () => {
    const random = createRandom(2);
    const items = ['a', 'b', 'c'];
    const orders = new Set(Array.from({ length: 200 }, () => random.shuffle(items).join('')));
    expect(orders.size).toBe(6);
    expect(items).toEqual(['a', 'b', 'c']);
  });
});
