import { register } from '../../../src/cli/commands/doctor.ts';
import { BUILT_IN_VERSIONS } from '../../../src/rewards/index.ts';
import * as keys from '../../../src/schema/keys.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aRunConfig } from '../../support/factories.ts';
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
    expect(await examine(versions)).toEqual({ exitCode: 0, ready: true, stale: [] });
  });

  it('finds what an older grader scored, and exits with 1', async () => {
    const stale = [
      { work: 'diagnosis/scores/00000/', because: `accuracy@1, now accuracy@${BUILT_IN_VERSIONS.accuracy}` },
    ];
    expect(await examine({ accuracy: '1', format: '1' })).toEqual({ exitCode: 1, ready: false, stale });
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
