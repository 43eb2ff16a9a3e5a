import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { BUNDLING } from '../../cdk/constructs/stage-function.ts';
import { placeRewards } from '../../src/local/place-rewards.ts';
import { packageRoot } from '../../src/package-root.ts';
import {
  configKey,
  DIAGNOSIS,
  planPromptsKey,
  recordsKey,
  scoresPrefix,
  trajectoriesPrefix,
} from '../../src/schema/keys.ts';
import { RunConfig } from '../../src/schema/run-config.ts';
import { TrajectoryScore } from '../../src/schema/trajectory.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { encodeRecords, readRecords } from '../../src/store/records.ts';
import { aPrompt, aRunConfig, aTrajectory } from '../support/factories.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();

/** The scoring Lambda as it is deployed, in a folder without any package. */
function bundleScoring(): string {
  const outfile = join(folder, 'index.mjs');
  buildSync({
    entryPoints: [join(packageRoot, 'lambdas/score-trajectories/handler.ts')],
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    mainFields: BUNDLING.mainFields,
    banner: { js: BUNDLING.banner! },
    logLevel: 'silent',
    outfile,
  });
  return outfile;
}

it("the bundled scoring Lambda runs a user's reward from the store", async () => {
  const store = createLocalStore(join(folder, 'store'));
  const [runId, rollout, shard] = ['run', DIAGNOSIS, 0];
  const brevity = { weight: 0.1, module: 'rewards/brevity.ts', options: { words: 4 } };
  const uses = RunConfig.shape.rewards.parse({ brevity });
  const rewards = await placeRewards(store, uses, join(packageRoot, 'examples'));
  const diagnosis = { trajectoriesPerPrompt: 1 };
  await store.write(configKey(runId), JSON.stringify(aRunConfig({ rewards, diagnosis })));
  await store.write(planPromptsKey(runId, rollout, shard), encodeRecords([aPrompt()]));
  const trajectory = aTrajectory({ text: 'one two three four five six' });
  await store.write(recordsKey(trajectoriesPrefix(runId, rollout, shard)), encodeRecords([trajectory]));

  const item = { runId, configKey: configKey(runId), rollout, shard, shardCount: 1 };
  const call = `const { handler } = await import(${JSON.stringify(bundleScoring())});
    await handler(${JSON.stringify(item)}, { getRemainingTimeInMillis: () => 900_000 });`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', call], {
    cwd: folder,
    env: { RISE_STORE: store.uri },
  });

  const [score] = await readRecords(store, recordsKey(scoresPrefix(runId, rollout, shard)), TrajectoryScore);
  expect(score.rewardBreakdown.brevity).toMatchObject({ value: 0.5, evidence: '6 words; the reward falls after 4' });
});
