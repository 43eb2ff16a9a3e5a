import { comesTrue } from '../../../src/aws/stop-run.ts';

/** Says false so often, then true. */
const trueAfter = (looks: number) => {
  let left = looks;
  return async () => left-- <= 0;
};

describe('what rise stop waits for', () => {
  it.each([0, 1, 5])('is seen when it comes, here after %s looks', async (looks) => {
    expect(await comesTrue(trueAfter(looks), { seconds: 60, everyMilliseconds: 1 })).toBe(true);
  });

  it('is given up at its bound', async () => {
    expect(await comesTrue(async () => false, { seconds: 0.02, everyMilliseconds: 1 })).toBe(false);
  });
});
