import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { timeLeftSignal } from '../../../lambdas/time-left-signal.ts';
import type { ActiveReward } from '../../../src/rewards/index.ts';
import { InterruptedError } from '../../../src/schema/errors.ts';
import {
  configKey,
  DIAGNOSIS,
  manifestKey,
  planPrefix,
  planPromptsKey,
  recordsKey,
  scoreJournalsPrefix,
  scoresPrefix,
  trajectoriesPrefix,
} from '../../../src/schema/keys.ts';
import { Manifest } from '../../../src/schema/manifest.ts';
import { TrajectoryScore } from '../../../src/schema/trajectory.ts';
import { beginStage } from '../../../src/stages/begin-stage.ts';
import { type ScoringSummary, scoreShard } from '../../../src/stages/score/score-shard.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { encodeRecords, readJson, readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { aPrompt, aRunConfig, aTrajectory } from '../../support/factories.ts';
import { finishWork } from '../../support/finished-work.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const PROMPTS = 600;
const GROUP_SIZE = 4;
const prefix = scoresPrefix('run', DIAGNOSIS, 0);

const folder = aTemporaryFolder();

async function aStoredShard(): Promise<Store> {
  const store = createLocalStore(mkdtempSync(join(folder, 'store-')));
  const prompts = Array.from({ length: PROMPTS }, (_, index) => aPrompt({ promptId: `p${index}` }));
  const trajectories = prompts.flatMap(({ promptId }) =>
    Array.from({ length: GROUP_SIZE }, (_, trajectoryIndex) =>
      aTrajectory({ promptId, trajectoryIndex, text: 'Ünïcödé 图 '.repeat(10) }),
    ),
  );
  await store.write(planPromptsKey('run', DIAGNOSIS, 0), encodeRecords(prompts));
  await store.write(recordsKey(trajectoriesPrefix('run', DIAGNOSIS, 0)), encodeRecords(trajectories));
  await finishWork(store, planPrefix('run', DIAGNOSIS), trajectoriesPrefix('run', DIAGNOSIS, 0));
  return store;
}

/** Right answers are those of index 0; every call is noted, and may do something first. */
function aReward(before: (call: number) => void | Promise<void> = () => {}, version = '1') {
  const asked: string[] = [];
  const accuracy: ActiveReward = {
    name: 'accuracy',
    version,
    weight: 1,
    findNeeds: () => [],
    async score({ promptId }, { trajectoryIndex }) {
      asked.push(`${promptId} ${trajectoryIndex}`);
      await before(asked.length);
      return { value: trajectoryIndex === 0 ? 1 : 0, evidence: '' };
    },
  };
  return { accuracy, asked };
}

async function score(store: Store, reward: ActiveReward, signal = new AbortController().signal) {
  const input = { runId: 'run', configKey: configKey('run'), rollout: DIAGNOSIS, shard: 0, shardCount: 1 };
  const config = aRunConfig({ diagnosis: { trajectoriesPerPrompt: GROUP_SIZE } });
  await store.write(input.configKey, JSON.stringify(config));
  const work = await beginStage<ScoringSummary, 'score'>(store, { stage: 'score', input });
  if (work.kind === 'done') return work.summary;
  return scoreShard({ store, signal, report: () => {} }, work, { input, config, prefix, rewards: [reward] });
}

const readResult = async (store: Store) =>
  String(await store.read(recordsKey(prefix))) + String(await store.read(manifestKey(prefix)));

const journalled = async (store: Store) => {
  const keys = await store.list(scoreJournalsPrefix(prefix));
  return (await Promise.all(keys.map((key) => readRecords(store, key, TrajectoryScore)))).flat().length;
};

describe('scoring a shard', () => {
  let undisturbed: string;
  beforeAll(async () => {
    const store = await aStoredShard();
    await score(store, aReward().accuracy);
    undisturbed = await readResult(store);
  });

  it('keeps the order of the trajectories and the versions, whichever score comes first', async () => {
    const store = await aStoredShard();
    const late = aReward((call) => (call % 7 === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined));
    const summary = await score(store, late.accuracy);
    expect(summary).toEqual({ trajectories: 2400, correct: 600, meanReward: 0.25, rewards: { accuracy: 0.25 } });
    expect(await readResult(store)).toBe(undisturbed);
    expect((await readJson(store, manifestKey(prefix), Manifest)).versions).toEqual({ accuracy: '1' });
    expect(await journalled(store)).toBe(0);
  });

  it('asks a bounded number of rewards at once', async () => {
    let underWay = 0;
    let most = 0;
    const { accuracy } = aReward();
    const slow = async (...given: Parameters<ActiveReward['score']>) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return accuracy.score(...given);
    };
    await score(await aStoredShard(), { ...accuracy, score: slow });
    expect(most).toBe(32);
  });

  it('stops when its time is over, with all that it scored kept, and the next attempt scores only what is missing', async () => {
    const store = await aStoredShard();
    const slowAtFirst: Store = Object.create(store);
    let delay = 200;
    slowAtFirst.write = async (...given) => {
      const waiting = sleep(delay);
      delay = 0;
      await waiting;
      return store.write(...given);
    };
    const time = new AbortController();
    const first = aReward((call) => {
      if (call === 1500) time.abort();
    });
    await expect(score(slowAtFirst, first.accuracy, time.signal)).rejects.toThrow(InterruptedError);
    const kept = await journalled(store);
    expect(kept).toBeGreaterThan(1400);
    expect(await store.exists(manifestKey(prefix))).toBe(false);

    const second = aReward();
    await score(store, second.accuracy);
    expect(second.asked).toHaveLength(2400 - kept);
    expect(await readResult(store)).toBe(undisturbed);
    expect(await store.list(scoreJournalsPrefix(prefix))).toEqual([]);
  });

  it('does not wait for a reward that hangs when its time is over', async () => {
    const time = new AbortController();
    const hanging = aReward((call) => {
      if (call === 40) time.abort();
      return call > 20 ? new Promise<never>(() => {}) : undefined;
    });
    await expect(score(await aStoredShard(), hanging.accuracy, time.signal)).rejects.toThrow(InterruptedError);
  });

  it('keeps what was scored before a reward failed', async () => {
    const store = await aStoredShard();
    const failing = aReward((call) => {
      if (call === 200) throw new Error('the judge is away');
    });
    await expect(score(store, failing.accuracy)).rejects.toThrow(/rewards\.accuracy failed .*the judge is away/);
    expect(await journalled(store)).toBeGreaterThan(150);
    await score(store, aReward().accuracy);
    expect(await readResult(store)).toBe(undisturbed);
  });

  it('takes nothing over from a reward of another version', async () => {
    const store = await aStoredShard();
    const failing = aReward((call) => {
      if (call === 200) throw new Error('the judge is away');
    });
    await expect(score(store, failing.accuracy)).rejects.toThrow();
    const { accuracy, asked } = aReward(undefined, '2');
    await score(store, accuracy);
    expect(asked).toHaveLength(2400);
  });

  it('does nothing twice', async () => {
    const store = await aStoredShard();
    const summary = await score(store, aReward().accuracy);
    const { accuracy, asked } = aReward();
    expect(await score(store, accuracy)).toEqual(summary);
    expect(asked).toEqual([]);
  });
});

describe('the signal of a Lambda', () => {
  it('aborts before the call is ended, and never without a context', async () => {
    expect(timeLeftSignal().aborted).toBe(false);
    const signal = timeLeftSignal({ getRemainingTimeInMillis: () => 20_001 });
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  });
});
