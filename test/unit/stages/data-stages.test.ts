import { join } from 'node:path';
import { handler as planIteration } from '../../../lambdas/plan/handler.ts';
import { handler as publishShards } from '../../../lambdas/publish/handler.ts';
import { handler as runRecordFailure } from '../../../lambdas/record-failure/handler.ts';
import { handler as writeReport } from '../../../lambdas/report/handler.ts';
import { handler as scoreTrajectories } from '../../../lambdas/score/handler.ts';
import { webdataset } from '../../../src/formats/webdataset.ts';
import { ACCURACY_VERSION } from '../../../src/rewards/index.ts';
import { Decision } from '../../../src/schema/decision.ts';
import { CorruptRecordError } from '../../../src/schema/errors.ts';
import { ExpertAnswer } from '../../../src/schema/expert-answer.ts';
import * as keys from '../../../src/schema/keys.ts';
import { Prompt } from '../../../src/schema/prompt.ts';
import { Route } from '../../../src/schema/route.ts';
import { TrajectoryScore } from '../../../src/schema/trajectory.ts';
import { encodeRecords, readRecords } from '../../../src/store/records.ts';
import { aTrajectory } from '../../support/factories.ts';
import { finishWork } from '../../support/finished-work.ts';
import { diagnosed, playRun, run, runId, shardItem, shards } from '../../support/played-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

describe('the data stages', () => {
  let played: Awaited<ReturnType<typeof playRun>>;
  beforeAll(async () => {
    played = await playRun(folder);
  });
  beforeEach(() => {
    process.env.RISE_STORE = folder;
  });
  const folder = aTemporaryFolder();
  const otherFolder = aTemporaryFolder();
  const readAll = async <T>(read: (shard: number) => Promise<T[]>) => (await Promise.all(shards.map(read))).flat();

  it('validate writes the prompts with their images and says how many iterations follow', async () => {
    expect(played.validated).toEqual({ ...run, iterations: 2, nextIteration: 0 });
    const prompts = await readRecords(played.store, keys.promptsKey(runId, 'train'), Prompt);
    expect(prompts).toHaveLength(8);
    for (const { images } of prompts) expect(await played.store.exists(images[0].key)).toBe(true);
  });

  it('a plan names the policy, the shards and what follows', async () => {
    expect(played.plan).toEqual({
      ...run,
      rollout: 'diagnosis',
      iteration: 2,
      policyVersion: 2,
      policyPrefix: keys.checkpointPrefix(runId, 1),
      shardCount: 2,
      shardsKey: keys.planShardsKey(runId, 'diagnosis'),
      nextIteration: 2,
      iterations: 2,
      pipelined: false,
    });
    const first = await planIteration({ ...run, rollout: 'iteration', iteration: 0 });
    expect(first).toMatchObject({ rollout: 'iteration-000000', policyPrefix: 'models/base/', nextIteration: 1 });
    const items = JSON.parse((await played.store.read(first.shardsKey)).toString());
    expect(items).toEqual(shards.map((shard) => shardItem(shard, 'iteration-000000')));
  });

  it('scores and routes every prompt by its own group', async () => {
    const readScores = (shard: number) => keys.recordsKey(keys.scoresPrefix(runId, 'diagnosis', shard));
    const scores = await readAll((shard) => readRecords(played.store, readScores(shard), TrajectoryScore));
    expect(scores).toHaveLength(32);
    const readRoutes = (shard: number) => keys.recordsKey(keys.routesPrefix(runId, shard));
    const routes = await readAll((shard) => readRecords(played.store, readRoutes(shard), Route));
    const kinds = Object.groupBy(routes, ({ kind }) => kind);
    expect(kinds.expert?.every(({ promptId }) => promptId.startsWith('product'))).toBe(true);
    expect([kinds.mastered, kinds['self-distill'], kinds.expert].map((group) => group?.length)).toEqual([2, 2, 4]);
  });

  it('consults the expert as often as allowed over all shards, in whatever order they run', async () => {
    const readAnswers = (shard: number) => keys.recordsKey(keys.expertPrefix(runId, shard));
    const answers = await readAll((shard) => readRecords(played.store, readAnswers(shard), ExpertAnswer));
    expect(answers).toHaveLength(3);
    expect(answers.every(({ isVerified }) => isVerified)).toBe(true);
  });

  it('publishes verified examples with their images and their whole history', async () => {
    expect(played.published).toEqual({ examples: 5, selfDistill: 2, expert: 3, shards: 2 });
    const tar = await played.store.read(`${keys.sftShardsPrefix(runId)}sft-00000-of-00002.tar`);
    const examples = await webdataset.read(tar);
    expect(examples).toHaveLength(4);
    for (const { example, prompt, images } of examples) {
      expect(example.promptId).toBe(prompt.promptId);
      expect(example.response).toContain(`\\boxed{${prompt.groundTruth}}`);
      expect(images[0]).toEqual(await played.store.read(prompt.images[0].key));
      expect(example.provenance.route.kind).toBe(example.source);
    }
    const distilled = examples.find(({ example }) => example.source === 'self-distill');
    expect(distilled?.example.provenance).toMatchObject({
      policyVersion: 2,
      rewardBreakdown: { accuracy: { value: 1 } },
    });
  });

  it('logs a decision for every prompt, and why each trajectory is learned or not', async () => {
    const readDecisions = (shard: number) => readRecords(played.store, keys.decisionsKey(runId, shard), Decision);
    const decisions = await readAll(readDecisions);
    const prompts = await readAll((shard) =>
      readRecords(played.store, keys.planPromptsKey(runId, 'diagnosis', shard), Prompt),
    );
    expect(decisions.map(({ promptId }) => promptId)).toEqual(prompts.map(({ promptId }) => promptId));
    const distilled = decisions.filter(({ branch }) => branch === 'self-distill');
    expect(distilled).toHaveLength(2);
    for (const { promptId, trajectories, examples, ...decision } of distilled) {
      expect(decision).toMatchObject({
        policy: { folder: keys.checkpointPrefix(runId, 1) },
        groupSize: 4,
        correct: 2,
        passRate: 0.5,
        rule: { decideBy: 'pass-rate', selfDistillMin: 0, masteredMin: 1 },
        rewards: { accuracy: `accuracy@${ACCURACY_VERSION}`, format: 'format@1' },
        because: '2 of 4 right: a pass rate of 0.500, from selfDistillMin 0 to below masteredMin 1',
      });
      expect(trajectories.map(({ outcome }) => outcome).toSorted()).toEqual(['beyond-max', 'kept', 'wrong', 'wrong']);
      const kept = trajectories.find(({ outcome }) => outcome === 'kept');
      expect(examples).toEqual([`${promptId}-self-${kept?.trajectoryIndex}`]);
    }
    const asked = decisions.flatMap(({ expert }) => expert?.outcome ?? []);
    expect(asked).toEqual(['kept', 'kept', 'kept', 'not-asked']);
  });

  it('gives the same manifests and shards in another store', async () => {
    const other = await playRun(otherFolder);
    const outputs = (await played.store.list(keys.runPrefix(runId))).filter((key) =>
      /manifest\.json$|\.tar$/.test(key),
    );
    const shared = outputs.filter((key) => !key.includes('iteration-'));
    expect(shared.length).toBeGreaterThan(9);
    for (const key of shared) expect((await other.store.read(key)).equals(await played.store.read(key))).toBe(true);
  });

  it.each([
    ['prompts', (run: string) => keys.planPromptsKey(run, 'diagnosis', 0)],
    ['scores', (run: string) => keys.recordsKey(keys.scoresPrefix(run, 'diagnosis', 0))],
    ['routes', (run: string) => keys.recordsKey(keys.routesPrefix(run, 0))],
    ['expert answers', (run: string) => keys.recordsKey(keys.expertPrefix(run, 0))],
  ])('refuse %s that were changed since, by name', async (name, keyOf) => {
    const { store } = await playRun(join(otherFolder, name));
    const key = keyOf(runId);
    await store.write(
      key,
      String(await store.read(key)).replace(/[0-9]/, (digit) => String((Number(digit) + 1) % 10)),
    );
    for (const left of await store.list(keys.sftShardsPrefix(runId))) await store.delete(left);
    await expect(publishShards(diagnosed)).rejects.toThrow(new RegExp(`^${key} was changed`));
  });

  it('refuses a broken group', async () => {
    await planIteration({ ...run, rollout: 'iteration', iteration: 1 });
    const prefix = keys.trajectoriesPrefix(runId, 'iteration-000001', 0);
    await played.store.write(keys.recordsKey(prefix), encodeRecords([aTrajectory({ promptId: 'another' })]));
    await finishWork(played.store, prefix);
    await expect(scoreTrajectories(shardItem(0, 'iteration-000001'))).rejects.toThrow(CorruptRecordError);
  });

  it('reports accuracy, comparisons and routes', async () => {
    const answered = { base: 1, rl: 2, rise: 4 };
    const prompts = await readRecords(played.store, keys.promptsKey(runId, 'evaluation'), Prompt);
    for (const [policy, correct] of Object.entries(answered)) {
      const records = prompts.map(({ promptId, tier }, index) => {
        return { promptId, tier, isCorrect: index < correct, isFormatted: true, text: '', tokenCount: 3 };
      });
      await played.store.write(
        keys.recordsKey(keys.benchmarkPrefix(runId, policy, 'held-out')),
        encodeRecords(records),
      );
      await finishWork(played.store, keys.evaluationPrefix(runId, policy));
    }
    for (const iteration of [0, 1]) {
      const ofShard = (shard: number) => keys.scoresPrefix(runId, keys.iterationName(iteration), shard);
      await finishWork(played.store, ...shards.map(ofShard));
    }
    const summary = await writeReport(diagnosed);
    const { policies, comparisons } = summary.evaluation['held-out'];
    expect(policies.rise).toMatchObject({ accuracy: 0.8, n: 5 });
    expect(comparisons[1]).toMatchObject({ policy: 'rise', against: 'rl', difference: 0.4, test: 'mcnemar', p: 0.5 });
    expect(summary.routes).toEqual({ mastered: 2, selfDistill: 2, expert: 4 });
    expect(summary.withoutExample).toEqual({ notAsked: 1, unanswered: 0, wrong: 0, unformatted: 0 });
    const text = (await played.store.read(`${keys.reportPrefix(runId)}report.txt`)).toString();
    expect(text).toMatch(/RISE +80\.0% /);
    expect(text).toMatch(/RISE over RL +\+40\.0 points/);
    expect(text).toMatch(/Prompts without an SFT example\n.*\n +the expert was not asked: .* 1\n/);
    expect(await writeReport(diagnosed)).toEqual(summary);
  });

  it('writes down a failure', async () => {
    await runRecordFailure({ ...run, error: 'States.TaskFailed', cause: 'out of memory', executionId: 'e' });
    const record = JSON.parse((await played.store.read(keys.failureKey(runId))).toString());
    expect(record).toMatchObject({ error: 'States.TaskFailed', cause: 'out of memory' });
  });
});
