import { platform } from '../../../setup/places.mjs';
import { chooseTensorflow } from '../../../setup/tensorflow.mjs';

describe('the choice of a TensorFlow', () => {
  afterEach(() => {
    delete process.env.RISE_TENSORFLOW;
  });

  it('is that of RISE_TENSORFLOW, whatever this machine has', async () => {
    process.env.RISE_TENSORFLOW = 'cpu';
    expect((await chooseTensorflow()).key).toBe(`${platform}-cpu`);
  });

  it('is refused where there is no such build, with those there are', async () => {
    process.env.RISE_TENSORFLOW = 'tpu';
    await expect(chooseTensorflow()).rejects.toMatchObject({
      message: `TensorFlow has no build for ${platform}-tpu`,
      remedy: expect.stringContaining('linux-x64-cuda'),
    });
  });
});
