import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machinesOf } from '../../../lambdas/validate/machines.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import { PUBLISHED_MODELS } from '../../../src/sizing/published-models.ts';
import { checkMemory } from '../../../src/stages/validate/check-memory.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { aPrompt, aRunConfig } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const GB = 1e9;
const tinyConfig = () => readFile(join(packageRoot, 'models/rise-tiny/config.json'));
const here = (hostBytes: number) => {
  const machine = { name: 'this machine', hostBytes };
  return { rollout: [machine], training: [machine] };
};

describe('preflight of memory', () => {
  const store = openStore(aTemporaryFolder());
  const config = aRunConfig({ policy: { model: 'models/7b/' } });
  const check = (machines: ReturnType<typeof machinesOf>, prompts = [aPrompt()]) =>
    checkMemory(store, config, prompts, machines);

  beforeAll(() =>
    store.write('models/7b/config.json', JSON.stringify(PUBLISHED_MODELS['Qwen/Qwen2.5-VL-7B-Instruct'])),
  );

  it('refuses a model that is too large for this machine, with figures and what would do', async () => {
    await expect(check(here(24 * GB))).rejects.toThrow(
      /does not fit[\s\S]*\n {2}rl needs 1\d\d GB of host memory, this machine has 24 GB; what would fit: policy\.adapter/,
    );
  });

  it('refuses one that is too large for the GPUs that a stack rents', async () => {
    const machines = machinesOf('{"rollout":["g6e.4xlarge"],"training":["g6e.4xlarge","g6e.8xlarge"]}');
    await expect(check(machines)).rejects.toThrow(/rl needs \d+ GB of GPU memory, g6e\.4xlarge has 47 GB/);
  });

  it('counts the model that is the expert, by itself', async () => {
    await store.write('models/small/config.json', await tinyConfig());
    const small = aRunConfig({
      policy: { model: 'models/small/' },
      expert: { name: 'policy', options: { model: 'models/7b/' } },
    });
    await expect(checkMemory(store, small, [aPrompt()], here(12 * GB))).rejects.toThrow(
      /the run does not fit[^\n]*\n {2}expert needs \d+ GB of host memory, this machine has 12 GB; take a smaller model/,
    );
    await expect(checkMemory(store, small, [aPrompt()], here(200 * GB))).resolves.toBeUndefined();
  });

  it('counts the images that the prompts have', async () => {
    const image = { key: 'images/a.png', sha256: 'a'.repeat(64), width: 3000, height: 3000 };
    const room = here(220 * GB);
    await expect(check(room)).resolves.toBeUndefined();
    await expect(check(room, [aPrompt({ images: Array(20).fill(image) })])).rejects.toThrow(/does not fit/);
  });

  it('lets through what fits, machines that are not known, and a model without a config.json', async () => {
    await expect(check(here(1000 * GB))).resolves.toBeUndefined();
    await expect(check(machinesOf('{"rollout":["x9.huge"],"training":["x9.huge"]}'))).resolves.toBeUndefined();
    const elsewhere = aRunConfig({ policy: { model: 'models/none/' } });
    await expect(checkMemory(store, elsewhere, [], here(0))).resolves.toBeUndefined();
  });

  it('takes this machine where no stack names its types', () => {
    const { rollout, training } = machinesOf(undefined);
    expect(rollout).toEqual(training);
    expect(rollout[0].hostBytes).toBeGreaterThan(GB);
  });
});
