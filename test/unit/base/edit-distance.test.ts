import { computeEditDistance } from '../../../src/base/edit-distance.ts';

describe('the edit distance of two texts', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['', '', 0],
    ['60°', '60', 1],
    ['𝜋r', 'r', 1],
  ])('%j and %j', (left, right, distance) => expect(computeEditDistance(left, right)).toBe(distance));
});
