import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { folderModelFiles } from '../../../../src/engine/weights/model-files.ts';
import { InvalidInputError } from '../../../../src/schema/errors.ts';
import { aTemporaryFolder } from '../../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const files = folderModelFiles(folder);
mkdirSync(join(folder, 'a-folder'));
symlinkSync('/dev/zero', join(folder, 'endless'));
writeFileSync(join(folder, 'weights'), 'weights');
symlinkSync('weights', join(folder, 'link'));

describe('the files of a checkpoint folder', () => {
  it('are read whole or in part, through links too, as downloads keep them', async () => {
    for (const name of ['weights', 'link']) {
      expect(Buffer.from((await files.read(name))!).toString()).toBe('weights');
      const file = (await files.open(name))!;
      expect([file.name, file.bytes, file.path]).toEqual([name, 7, join(folder, name)]);
      expect(await text(file.read(2, 5))).toBe('igh');
      expect(await text(file.read(2, 2))).toBe('');
    }
  });

  it('may be absent', async () => {
    expect([await files.read('absent'), await files.open('absent')]).toEqual([undefined, undefined]);
  });

  it.each(['a-folder', 'endless'])('are regular ones: %s is refused', async (name) => {
    for (const ask of [files.read, files.open]) {
      await expect(ask(name)).rejects.toThrow(InvalidInputError);
      await expect(ask(name)).rejects.toThrow(/no regular file/);
    }
  });
});
