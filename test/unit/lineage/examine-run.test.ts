import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { register } from '../../../src/cli/commands/doctor.ts';
import { BUILT_IN_VERSIONS } from '../../../src/rewards/index.ts';
import * as keys from '../../../src/schema/keys.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aRunConfig } from '../../support/factories.ts';
import { finishWork, openWork } from '../../support/finished-work.ts';
import { runCommand } from '../../support/run-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();

const doctor = (...args: string[]) => runCommand(register, 'doctor', ...args);

describe('rise doctor RUN', () => {
  const store = createLocalStore(folder);

  /** A run whose scores have these versions, as the command shows it. */
  async function examine(versions: Record<string, string>) {
    const module = keys.rewardModuleKey('0'.repeat(64), 'gone.ts');
    const config = aRunConfig({ rewards: { mine: { weight: 1, module } } });
    await store.write(keys.configKey('run-2'), JSON.stringify(config));
    const prefix = keys.scoresPrefix('run-2', keys.DIAGNOSIS, 0);
    const manifest = { stage: 'score', runId: 'run-2', inputs: [], parts: [], summary: {}, seed: 0, versions };
    await store.write(keys.manifestKey(prefix), JSON.stringify(manifest));
    const { printed, exitCode } = await doctor('run-2', '--store', folder, '--json');
    return { exitCode, ...JSON.parse(printed) };
  }

  it("finds nothing in a run of today's rewards, and runs no module of the run", async () => {
    const versions = { accuracy: BUILT_IN_VERSIONS.accuracy, format: '1', mine: '1+abcd' };
    expect(await examine(versions)).toEqual({ exitCode: 0, ready: true, finished: false, damaged: [], stale: [] });
    const { printed } = await doctor('run-2', '--store', folder);
    expect(printed).toMatch(/^The run is not finished: run again, and it goes on\.\n/);
  });

  it('finds what an older grader scored, and exits with 1', async () => {
    const stale = [
      { work: 'diagnosis/scores/00000/', because: `accuracy@1, now accuracy@${BUILT_IN_VERSIONS.accuracy}` },
    ];
    expect(await examine({ accuracy: '1', format: '1' })).toMatchObject({
      exitCode: 1,
      ready: false,
      damaged: [],
      stale,
    });
  });

  /** What the command says of a finished piece of work, and a report, after this was done to them. */
  async function damage(work: () => Promise<void>, ...args: string[]) {
    await store.write(keys.configKey('run-3'), JSON.stringify(aRunConfig()));
    const prefix = keys.routesPrefix('run-3', 0);
    await rm(join(folder, keys.runPrefix('run-3'), 'routes'), { recursive: true, force: true });
    const routing = await openWork(store, { prefix, stage: 'route', runId: 'run-3', seed: 0 });
    await routing.writePart(`${prefix}a.jsonl`, 'one\n');
    await routing.writePart(`${prefix}b.jsonl`, 'two\n');
    await routing.finish({});
    await work();
    const { printed, exitCode } = await doctor('run-3', '--store', folder, '--json', ...args);
    const { ready, damaged } = JSON.parse(printed);
    return { exitCode, ready, damaged };
  }
  const routes = 'runs/run-3/routes/00000/';

  it.each([
    ['a.jsonl is missing', 'run again: it is made again', () => store.delete(`${routes}a.jsonl`)],
    ['a.jsonl has 1 bytes, not 4', 'run again: it is made again', () => store.write(`${routes}a.jsonl`, 'x')],
    [
      'runs/run-3/routes/00000/manifest.json is no JSON: Unexpected end of JSON input',
      `delete ${routes} and run again`,
      () => store.write(`${routes}manifest.json`, ''),
    ],
  ])('finds that %s, and says: %s', async (because, remedy, work) => {
    const damaged = [{ work: 'routes/00000/', because, remedy }];
    expect(await damage(work)).toEqual({ exitCode: 1, ready: false, damaged });
  });

  it('finds bytes that were changed when it is asked to look deep', async () => {
    const change = () => store.write(`${routes}b.jsonl`, 'owt\n');
    expect(await damage(change)).toEqual({ exitCode: 0, ready: true, damaged: [] });
    const remedy = `delete ${routes} and run again`;
    const damaged = [{ work: 'routes/00000/', because: 'b.jsonl was changed', remedy }];
    expect(await damage(change, '--deep')).toEqual({ exitCode: 1, ready: false, damaged });
  });

  it('finds that the summary of a reported run is gone', async () => {
    const work = () => finishWork(store, keys.reportPrefix('run-3'));
    const because = 'summary.json is missing';
    const damaged = [{ work: 'summary.json', because, remedy: 'run again: it is made again' }];
    expect(await damage(work)).toEqual({ exitCode: 1, ready: false, damaged });
    await store.delete(keys.manifestKey(keys.reportPrefix('run-3')));
  });

  it('refuses a run that is not there', async () => {
    await expect(doctor('nowhere', '--store', folder)).rejects.toThrow(/has no run nowhere; give --store/);
  });

  it('refuses a run whose config another version wrote, and says what to do', async () => {
    const { sampling, ...config } = aRunConfig();
    await store.write(keys.configKey('old'), JSON.stringify({ ...config, decoding: sampling }));
    await expect(doctor('old', '--store', folder)).rejects.toThrow(
      /runs\/old\/config\.json .*sampling.* started by another version of metis-rise: finish it with that version, or start/,
    );
  });
});
