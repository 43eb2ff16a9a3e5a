import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatasetFolder, findPathFault, MAX_IMAGE_BYTES } from '../../../src/datasets/dataset-files.ts';
import { NotFoundError } from '../../../src/schema/errors.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const outside = aTemporaryFolder();
const folder = join(outside, 'set');
const files = createDatasetFolder(folder);

beforeAll(() => {
  mkdirSync(join(folder, 'images'), { recursive: true });
  writeFileSync(join(folder, 'images/a.png'), 'a');
  writeFileSync(join(outside, 'secret.txt'), 'secret');
  symlinkSync('images/a.png', join(folder, 'inside.png'));
  symlinkSync('../secret.txt', join(folder, 'outside.png'));
  symlinkSync('/dev/zero', join(folder, 'zero.png'));
  symlinkSync('loop.png', join(folder, 'loop.png'));
  symlinkSync(outside, join(folder, 'up'));
  symlinkSync('nothing.png', join(folder, 'dangling.png'));
  execFileSync('mkfifo', [join(folder, 'pipe.png')]);
  writeFileSync(join(folder, 'huge.png'), '');
  truncateSync(join(folder, 'huge.png'), MAX_IMAGE_BYTES + 1);
});

describe('the folder of a dataset', () => {
  it.each(['images/a.png', './images/a.png', 'inside.png'])('gives %s', async (path) => {
    expect((await files.read(path)).toString()).toBe('a');
  });

  it.each([
    ['a link out of it', 'outside.png', /is a link that leaves .*set; copy the file/],
    ['a device behind a link', 'zero.png', /is a link that leaves/],
    ['a file behind a linked folder', 'up/secret.txt', /is a link that leaves/],
    ['a link to itself', 'loop.png', /is a link to itself/],
    ['a pipe, at once', 'pipe.png', /is a pipe; give a regular file/],
    ['a folder', 'images', /is a folder/],
    ['a file that memory should not hold', 'huge.png', /is over 256 MB/],
  ])('refuses %s', async (_, path, message) => {
    await expect(files.read(path)).rejects.toThrow(message);
  });

  it('refuses a device that is in it', async () => {
    await expect(createDatasetFolder('/dev').read('zero')).rejects.toThrow(/is a device/);
  });

  it.each(['none.png', 'images/none/x.png', 'images/a.png/x', 'dangling.png'])('has no %s', async (path) => {
    await expect(files.read(path)).rejects.toThrow(NotFoundError);
  });
});

describe('a path of an image', () => {
  it.each([
    ['/etc/passwd', /is an absolute path/],
    ['C:\\images\\a.png', /is an absolute path/],
    ['../a.png', /leaves the dataset's folder/],
    ['images/../../a.png', /leaves the dataset's folder/],
    ['images\\a.png', /has a backslash; write \//],
    ['https://example.org/a.png', /is an address; download the image/],
    ['file:///a.png', /is an address/],
    ['s3://bucket/a.png', /is an address/],
    ['data:image/png;base64,iVBO', /is a picture in the line itself/],
    ['iVBORw0KGgo'.repeat(100), /looks like a picture in base64/],
    ['a\0.png', /has a NUL character/],
  ])('%s is refused', (path, message) => expect(findPathFault(path)).toMatch(message));

  it.each(['a.png', 'images/a.png', './a.png', 'images/../a.png', 'a b (1).png', '..a.png', 'é/日.png'])(
    '%s is taken',
    (path) => expect(findPathFault(path)).toBeUndefined(),
  );
});
