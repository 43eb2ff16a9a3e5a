import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { BUNDLING } from '../../cdk/constructs/stage-function.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { storeRewards } from '../../src/launch/store-rewards.ts';
import { readDefinition } from '../../src/local/definition.ts';
import { RunConfig } from '../../src/schema/config/run-config.ts';
import {
  configKey,
  DIAGNOSIS,
  planPrefix,
  planPromptsKey,
  recordsKey,
  scoresPrefix,
  trajectoriesPrefix,
} from '../../src/schema/keys.ts';
import { TrajectoryScore } from '../../src/schema/trajectory.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { encodeRecords, readRecords } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { aPrompt, aRunConfig, aTrajectory } from '../support/factories.ts';
import { finishWork } from '../support/finished-work.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();

/** The scoring Lambda as it is deployed, in a folder without any package. */
function bundleScoring(): string {
  const outfile = join(folder, 'index.mjs');
  buildSync({
    entryPoints: [join(packageRoot, 'lambdas/score/handler.ts')],
    bundle: true,
    minify: BUNDLING.minify,
    keepNames: BUNDLING.keepNames,
    platform: 'node',
    format: 'esm',
    mainFields: BUNDLING.mainFields,
    banner: { js: BUNDLING.banner! },
    logLevel: 'silent',
    outfile,
  });
  return outfile;
}

/** A run with one trajectory to score, and what Lambda is asked. */
async function anUnscoredRun(name: string) {
  const store = createLocalStore(join(folder, name));
  const [runId, rollout, shard] = ['run', DIAGNOSIS, 0];
  const brevity = { weight: 0.1, module: 'rewards/brevity.ts', options: { words: 4 } };
  const uses = RunConfig.shape.rewards.parse({ brevity });
  const rewards = await storeRewards(store, uses, join(packageRoot, 'examples'));
  const diagnosis = { trajectoriesPerPrompt: 1 };
  await store.write(configKey(runId), JSON.stringify(aRunConfig({ rewards, diagnosis })));
  await store.write(planPromptsKey(runId, rollout, shard), encodeRecords([aPrompt()]));
  const trajectory = aTrajectory({ text: 'one two three four five six' });
  await store.write(recordsKey(trajectoriesPrefix(runId, rollout, shard)), encodeRecords([trajectory]));
  await finishWork(store, planPrefix(runId, rollout), trajectoriesPrefix(runId, rollout, shard));

  const item = { runId, configKey: configKey(runId), rollout, shard, shardCount: 1 };
  return { store, item, scoresKey: recordsKey(scoresPrefix(runId, rollout, shard)) };
}

/** Calls the bundled Lambda in a process of its own, and gives the name of the error it fails with. */
function callScoring(store: Store, item: object, millisecondsLeft: number): string {
  const call = `const { handler } = await import(${JSON.stringify(bundle)});
    const context = { getRemainingTimeInMillis: () => ${millisecondsLeft} };
    await handler(${JSON.stringify(item)}, context).catch(({ name }) => process.stdout.write(name));`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', call], {
    cwd: folder,
    env: { RISE_STORE: store.uri },
    encoding: 'utf8',
  });
}

const bundle = bundleScoring();

describe('the bundled scoring Lambda', () => {
  it("runs a user's reward from the store", async () => {
    const { store, item, scoresKey } = await anUnscoredRun('scored');
    expect(callScoring(store, item, 900_000)).toBe('');
    const [score] = await readRecords(store, scoresKey, TrajectoryScore);
    expect(score.rewardBreakdown.brevity).toMatchObject({ value: 0.5, evidence: '6 words; the reward falls after 4' });
  });

  it('fails under the name by which the state machine calls it again', async () => {
    const { store, item } = await anUnscoredRun('interrupted');
    const error = callScoring(store, item, 0);
    const { ScoreShard } = readDefinition().States.Score.ItemProcessor!.States;
    const retried = (ScoreShard.Retry as { ErrorEquals: string[] }[]).flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(error).toBe('InterruptedError');
    expect(retried).toContain(error);
  });
});
