import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashCheckpoint } from '../../../src/evaluation/hash-checkpoint.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

async function checkpoint(name: string, files: Record<string, string>): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
  return path;
}

describe('the hash of a checkpoint', () => {
  it('is that of its model, wherever it lies and whatever lies beside it', async () => {
    const files = { 'config.json': '{}', 'model.safetensors': 'weights' };
    const hash = await hashCheckpoint(await checkpoint('one', files));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashCheckpoint(await checkpoint('copy', { ...files, 'README.md': 'read me' }))).toBe(hash);
    const trained = { ...files, 'model.safetensors': 'Weights' };
    expect(await hashCheckpoint(await checkpoint('trained', trained))).not.toBe(hash);
  });
});
