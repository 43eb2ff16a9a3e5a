import * as fc from 'fast-check';
import { shortenFloat32 } from '../../../src/stages/rollout/shorten-float32.ts';

describe('shortenFloat32', () => {
  it('keeps every float32 in nine digits', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const short = shortenFloat32(value);
        return Math.fround(short) === value && Number(short.toPrecision(9)) === short;
      }),
    );
    expect(shortenFloat32(Math.fround(-0.1))).toBe(-0.100000001);
  });
});
