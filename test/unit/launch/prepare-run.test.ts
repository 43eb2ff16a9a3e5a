import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { prepareRun } from '../../../src/launch/prepare-run.ts';
import { lockRun } from '../../../src/local/run-lock.ts';
import { RunConfig } from '../../../src/schema/config/run-config.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const aFolder = () => mkdtempSync(join(folder, 'f-'));
function aFile(): string {
  const path = join(aFolder(), 'file');
  writeFileSync(path, 'w');
  return path;
}
const aStore = () => createLocalStore(aFolder());

function aProject(weights = 'w'): string {
  const project = aFolder();
  for (const name of ['model', 'data', 'data/images']) mkdirSync(join(project, name));
  writeFileSync(join(project, 'model/config.json'), '{}');
  writeFileSync(join(project, 'model/model.safetensors'), weights);
  writeFileSync(join(project, 'model/README.md'), 'notes');
  writeFileSync(join(project, 'data/train.jsonl'), '{"image":"images/a.png"}\n{"images":["images/gone.png"]}\n');
  writeFileSync(join(project, 'data/images/a.png'), 'a');
  writeFileSync(join(project, 'data/images/unused.png'), 'b');
  return project;
}

function aConfig(changes: object = {}): RunConfig {
  const optimizer = { learningRate: 1e-5 };
  return RunConfig.parse({
    name: 'demo',
    policy: { model: 'model' },
    data: {
      train: { kind: 'dataset', path: 'data' },
      evaluation: { kind: 'tasks', split: 'evaluation', tiers: { read: 1 }, seed: 1 },
    },
    sampling: {},
    rl: { iterations: 1, promptsPerIteration: 1, groupSize: 2, optimizer },
    sft: { epochs: 1, optimizer },
    ...changes,
  });
}

describe('preparing a run', () => {
  it('puts the model and the named images on the store by content, and keys into the config', async () => {
    const store = aStore();
    const { input, config } = await prepareRun(store, aConfig(), aProject());
    const { model } = config.policy;
    expect(model).toMatch(/^models\/[0-9a-f]{16}\/$/);
    expect(await store.list(model)).toEqual([`${model}config.json`, `${model}model.safetensors`]);
    const { path } = config.data.train as { path: string };
    expect(path).toMatch(/^datasets\/[0-9a-f]{16}\/train\.jsonl$/);
    expect(await store.list(`${dirname(path)}/`)).toEqual([path.replace('train.jsonl', 'images/a.png'), path]);
    expect(RunConfig.parse(JSON.parse(String(await store.read(input.configKey))))).toEqual(config);
  });

  it('writes down how many sequences are decoded together, where that was left open', async () => {
    const [store, project] = [aStore(), aProject()];
    for (const name of ['config.json', 'preprocessor_config.json']) {
      copyFileSync(join(packageRoot, 'models/rise-tiny', name), join(project, 'model', name));
    }
    const left = aConfig({ compute: { decodeBatchSequences: 'auto' } });
    const { input, config } = await prepareRun(store, left, project);
    expect(config.compute.decodeBatchSequences).toBe(512);
    const given = aConfig({ compute: { decodeBatchSequences: 512 } });
    expect((await prepareRun(store, given, project)).input).toEqual(input);
  });

  it.each([
    ['link', 'images/link.png', /train\.jsonl:1: image images\/link\.png is a link that leaves .*data; copy/],
    ['pipe', 'images/pipe.png', /train\.jsonl:1: image images\/pipe\.png is a pipe/],
  ])('refuses a %s among the images', async (_, image, message) => {
    const project = aProject();
    symlinkSync('/dev/zero', join(project, 'data/images/link.png'));
    execFileSync('mkfifo', [join(project, 'data/images/pipe.png')]);
    writeFileSync(join(project, 'data/train.jsonl'), JSON.stringify({ image }));
    await expect(prepareRun(aStore(), aConfig(), project)).rejects.toThrow(message);
  });

  it('refuses a dataset that is a link out of its folder', async () => {
    const project = aProject();
    const elsewhere = join(aProject(), 'data/train.jsonl');
    rmSync(join(project, 'data/train.jsonl'));
    symlinkSync(elsewhere, join(project, 'data/train.jsonl'));
    await expect(prepareRun(aStore(), aConfig(), project)).rejects.toThrow(/train\.jsonl is a link that leaves/);
  });

  it('takes images by every name that a record may have for them, of the lines that are read', async () => {
    const store = aStore();
    const project = aProject();
    const rows = [
      { image_path: './images/a.png' },
      { images: [], image_1: 'images/unused.png' },
      { image: 'images/b.png' },
    ];
    writeFileSync(join(project, 'data/images/b.png'), 'c');
    writeFileSync(join(project, 'data/train.jsonl'), `\uFEFF${rows.map((row) => JSON.stringify(row)).join('\n')}`);
    const train = { kind: 'dataset', path: 'data', limit: 2 };
    await prepareRun(store, aConfig({ data: { ...aConfig().data, train } }), project);
    const names = (await store.list('datasets/')).map((key) => key.replace(/^datasets\/[^/]+?(\/|(?=\.json$))/, ''));
    expect(names).toEqual(['.json', 'images/a.png', 'images/unused.png', 'train.jsonl']);
  });

  it.each([
    [
      'weights to a file elsewhere',
      'model/model.safetensors',
      () => aFile(),
      /model\.safetensors is a link that leaves/,
    ],
    [
      'weights to a device',
      'model/model.safetensors',
      () => '/dev/zero',
      /leaves its folder, to \/dev\/zero; put a copy/,
    ],
  ])('refuses a link that leaves the folder: %s', async (_, place, target, message) => {
    const project = aProject();
    rmSync(join(project, place));
    symlinkSync(target(), join(project, place));
    await expect(prepareRun(aStore(), aConfig(), project)).rejects.toThrow(message);
  });

  it('refuses a pipe among the files of a model, rather than wait for it', async () => {
    const project = aProject();
    rmSync(join(project, 'model/model.safetensors'));
    execFileSync('mkfifo', [join(project, 'model/model.safetensors')]);
    await expect(prepareRun(aStore(), aConfig(), project)).rejects.toThrow(/model\.safetensors is no file; put a copy/);
  });

  it("follows links within the folder, and those of a snapshot in Hugging Face's cache to its blobs", async () => {
    const project = aProject();
    renameSync(join(project, 'model/model.safetensors'), join(project, 'model/weights.bin'));
    symlinkSync('weights.bin', join(project, 'model/model.safetensors'));
    const within = await prepareRun(aStore(), aConfig(), project);

    const hub = join(project, 'hub/models--org--name');
    for (const name of ['blobs', 'snapshots/0a1b']) mkdirSync(join(hub, name), { recursive: true });
    for (const name of ['config.json', 'model.safetensors']) {
      copyFileSync(join(project, 'model', name), join(hub, 'blobs', name));
      symlinkSync(`../../blobs/${name}`, join(hub, 'snapshots/0a1b', name));
    }
    const policy = { model: 'hub/models--org--name/snapshots/0a1b' };
    const cached = await prepareRun(aStore(), aConfig({ policy }), project);
    expect(cached.config.policy.model).toBe(within.config.policy.model);
  });

  it("places the prompts that a benchmark brings as the run's own", async () => {
    const store = aStore();
    const source = { kind: 'dataset', path: 'data' };
    const { config } = await prepareRun(
      store,
      aConfig({ evaluation: { benchmarks: { 'held-out': { source } } } }),
      aProject(),
    );
    expect(config.evaluation.benchmarks['held-out'].source).toEqual(config.data.train);
  });

  it.each([
    ['models/', 'model.safetensors'],
    ['datasets/', 'images/a.png'],
    ['datasets/', 'train.jsonl'],
  ])('refuses content of the store that was changed since: %s%s', async (prefix, file) => {
    const store = aStore();
    const project = aProject();
    await prepareRun(store, aConfig(), project);
    const key = (await store.list(prefix)).find((each) => each.endsWith(`/${file}`))!;
    const before = await store.read(key);
    await store.write(key, 'other');
    await expect(prepareRun(store, aConfig({ seed: 2 }), project)).rejects.toThrow(
      new RegExp(
        `^${key} was changed: its sha256 is \\w{64}, that of the file the run brought \\w{64}; delete it and start`,
      ),
    );
    await store.write(key, before);
    await prepareRun(store, aConfig(), project);
    await store.delete(key);
    await prepareRun(store, aConfig(), project);
    expect(await store.read(key)).toEqual(before);
  });

  it('names the run by everything that goes in', async () => {
    const store = aStore();
    const project = aProject();
    const idOf = async (config: RunConfig, from: string) => (await prepareRun(store, config, from)).input.runId;
    const id = await idOf(aConfig(), project);
    expect(id).toMatch(/^demo-[0-9a-f]{8}$/);
    expect(await idOf(aConfig(), aProject())).toBe(id);
    expect(await idOf(aConfig({ seed: 2 }), project)).not.toBe(id);
    expect(await idOf(aConfig(), aProject('other weights'))).not.toBe(id);
  });

  it('refuses a run id that another config has', async () => {
    const store = aStore();
    const project = aProject();
    await prepareRun(store, aConfig(), project, 'mine');
    await expect(prepareRun(store, aConfig(), project, 'mine')).resolves.toBeDefined();
    await expect(prepareRun(store, aConfig({ seed: 2 }), project, 'mine')).rejects.toThrow(
      /run mine was started with another config/,
    );
  });

  it.each([
    [{ policy: { model: 'nowhere' } }, /policy\.model: .*nowhere is no folder; the path is relative to the config/],
    [{ policy: { model: 'data' } }, /data has no config\.json/],
    [
      { expert: { name: 'oracle' } },
      /expert is oracle, which is not there \(worked-solution, recorded, endpoint, policy, none\)/,
    ],
    [
      { evaluation: { benchmarks: { mine: {} } } },
      /evaluation\.benchmarks\.mine is mine, which is not there \(held-out, .*\)/,
    ],
  ])('refuses %j', async (changes, message) => {
    await expect(prepareRun(aStore(), aConfig(changes), aProject())).rejects.toThrow(message);
  });
});

describe('the lock of a run', () => {
  it('keeps a second process out until it is released', async () => {
    const store = aStore();
    const release = await lockRun(store, 'r');
    await expect(lockRun(store, 'r')).rejects.toThrow(`run r is being worked on by process ${process.pid}`);
    await release();
    await (await lockRun(store, 'r'))();
  });

  it('is taken over from a process that has ended', async () => {
    const store = aStore();
    await lockRun(store, 'r');
    const lock = JSON.parse(String(await store.read('runs/r/lock.json')));
    await store.write('runs/r/lock.json', JSON.stringify({ ...lock, pid: 2 ** 22 + 1 }));
    await expect(lockRun(store, 'r')).resolves.toBeDefined();
  });
});
