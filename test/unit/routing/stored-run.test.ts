import { sha256Of } from '../../../src/base/hash.ts';
import { ACCURACY_VERSION } from '../../../src/rewards/index.ts';
import { explainExample } from '../../../src/routing/explain-example.ts';
import { replayRun } from '../../../src/routing/replay-run.ts';
import { whatIf } from '../../../src/routing/what-if.ts';
import { InvalidInputError } from '../../../src/schema/errors.ts';
import * as keys from '../../../src/schema/keys.ts';
import { SftIndexEntry } from '../../../src/schema/sft-example.ts';
import { TrajectoryScore } from '../../../src/schema/trajectory.ts';
import { encodeRecords, readRecords } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { playRun, runId } from '../../support/played-run.ts';
import { startRise } from '../../support/rise-command.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

/**
 * Of 8 prompts in two shards, four trajectories each: 2 always right, 2 half, 4 never, of which the expert was asked about
 * 3; one success is kept per prompt.
 */
describe('a run whose examples are decided', () => {
  const folder = aTemporaryFolder();
  let store: Store;
  let entries: SftIndexEntry[];
  beforeAll(async () => {
    ({ store } = await playRun(folder));
    entries = await readRecords(store, keys.sftIndexKey(runId), SftIndexEntry);
  });
  const ask = (...settings: [path: string, value: unknown][]) =>
    whatIf(
      store,
      runId,
      settings.map(([path, value]) => ({ path, value })),
    );

  describe('replayed', () => {
    it('follows from its scores', async () => {
      expect(await replayRun(store, runId)).toEqual({ runId, prompts: 8 });
    });

    it('names the first decision that does not', async () => {
      const key = keys.recordsKey(keys.scoresPrefix(runId, 'diagnosis', 1));
      const bytes = await store.read(key);
      const [first, ...rest] = await readRecords(store, key, TrajectoryScore);
      await store.write(key, encodeRecords([{ ...first, isCorrect: !first.isCorrect }, ...rest]));
      const { prompts, difference } = await replayRun(store, runId);
      await store.write(key, bytes);
      expect(prompts).toBe(4);
      expect(difference).toMatchObject({
        key: keys.recordsKey(keys.routesPrefix(runId, 1)),
        line: 1,
        promptId: first.promptId,
        field: 'passRate',
      });
    });

    it.each([
      [
        'changed',
        (text: string) => text.replace('"duplicate"', '"kept"').replace('"beyond-max"', '"kept"'),
        'trajectories',
      ],
      ['cut', (text: string) => text.slice(0, text.lastIndexOf('{"promptId"')), undefined],
      ['longer', (text: string) => `${text}${text.slice(0, text.indexOf('\n') + 1)}`, undefined],
    ])('names a line of the log that was %s', async (_, change, field) => {
      const key = keys.decisionsKey(runId, 0);
      const bytes = await store.read(key);
      await store.write(key, change(bytes.toString('utf8')));
      const { difference } = await replayRun(store, runId);
      await store.write(key, bytes);
      expect(difference?.key).toBe(key);
      expect(difference?.field).toBe(field);
    });

    it('must be there, and decided', async () => {
      await expect(replayRun(store, 'nobody')).rejects.toThrow(/has no run nobody/);
      const key = keys.manifestKey(keys.sftShardsPrefix(runId));
      const bytes = await store.read(key);
      await store.delete(key);
      await expect(replayRun(store, runId)).rejects.toThrow(/run run-1 has no SFT examples yet/);
      await store.write(key, bytes);
    });
  });

  describe('with other settings', () => {
    it('is what it was, with its own', async () => {
      const same = await ask(['diagnosis.masteredMin', 1]);
      expect(same).toMatchObject({ toAsk: 0, changes: [], examples: { before: { selfDistill: 2, expert: 3 } } });
      expect(same.examples.after).toEqual(same.examples.before);
    });

    it('moves prompts by the thresholds, and knows no answer that was never asked for', async () => {
      const { routes, examples, toAsk, changes } = await ask(
        ['diagnosis.selfDistillMin', 0.6],
        ['expert.maxConsultations', 8],
      );
      expect(
        routes.toSorted((left, right) => left.prompts - right.prompts || left.from.localeCompare(right.from)),
      ).toEqual([
        { from: 'mastered', to: 'mastered', prompts: 2 },
        { from: 'self-distill', to: 'expert', prompts: 2 },
        { from: 'expert', to: 'expert', prompts: 4 },
      ]);
      expect(examples).toEqual({ before: { selfDistill: 2, expert: 3 }, after: { selfDistill: 0, expert: 3 } });
      expect(toAsk).toBe(3);
      expect(changes).toHaveLength(2);
      for (const { because, added, removed } of changes) {
        expect([because, added.length, removed.length]).toEqual([
          '2 of 4 right: a pass rate of 0.500, below selfDistillMin 0.6',
          0,
          1,
        ]);
      }
    });

    it('keeps more, or none, of its own successes', async () => {
      expect((await ask(['diagnosis.maxKeptPerPrompt', 2])).examples.after).toEqual({ selfDistill: 4, expert: 3 });
      expect((await ask(['diagnosis.maxKeptPerPrompt', 0])).examples.after).toEqual({ selfDistill: 0, expert: 3 });
    });

    it('asks the expert less', async () => {
      const { examples, toAsk } = await ask(['expert.maxConsultations', 1]);
      expect([examples.after, toAsk]).toEqual([{ selfDistill: 2, expert: 1 }, 0]);
    });

    it('takes the first of its trajectories where it asks for fewer', async () => {
      const { routes } = await ask(['diagnosis.trajectoriesPerPrompt', 1]);
      expect(routes).toContainEqual({ from: 'self-distill', to: 'mastered', prompts: 2 });
    });

    it.each([
      [
        'diagnosis.trajectoriesPerPrompt',
        8,
        /asks for 8 trajectories per prompt where the run has 4: that takes sampling/,
      ],
      ['diagnosis.prompts', 4, /asks other prompts/],
      ['sampling.temperature', 0.5, /changes what is sampled/],
      ['rl.iterations', 5, /changes what is sampled/],
      ['rewards.format', 0, /rise rescore/],
      ['expert.name', 'none', /asks another expert/],
      ['sft.epochs', 3, /decides nothing of what SFT learns/],
      ['diagnosis.selfDistilMin', 0.2, /Unrecognized key: "selfDistilMin"/],
      ['diagnosis.masteredMin', 'high', /masteredMin/],
      ['diagnosis.selfDistill.minRewards.perception', 0.5, /scores no perception/],
    ])('refuses %s=%s by name', async (path, value, message) => {
      await expect(ask([path, value])).rejects.toThrow(InvalidInputError);
      await expect(ask([path, value])).rejects.toThrow(message);
      await expect(ask([path, value])).rejects.toThrow(path.split('.')[0]);
    });
  });

  describe('on the command line', () => {
    const rise = (...args: string[]) => startRise([...args, '--store', folder]).ended;

    it('is replayed, with an exit code', async () => {
      expect(await rise('replay', runId)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/all 8 prompts of run run-1 follow from its/),
      });
      const key = keys.decisionsKey(runId, 1);
      const bytes = await store.read(key);
      await store.write(key, bytes.toString('utf8').replace('"correct":', '"correct":1'));
      const { code, stdout } = await rise('replay', runId, '--json');
      await store.write(key, bytes);
      expect([code, JSON.parse(stdout)]).toMatchObject([1, { difference: { key, line: 1, field: 'correct' } }]);
    });

    it('is tried otherwise', async () => {
      const { code, stdout } = await rise('what-if', runId, '--set', 'diagnosis.selfDistillMin=0.6');
      expect(code).toBe(0);
      expect(stdout).toMatch(/self-distill +0 +0 +2\n/);
      expect(stdout).toMatch(/self-distill to expert: 2 of 4 right: a pass rate of 0.500, below selfDistillMin 0.6/);
      const refused = await rise('what-if', runId, '--set', 'rl.iterations=9');
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/--set rl.iterations changes what is sampled/),
      });
    });

    it('is tried with values as in a config, and with one at least', async () => {
      const set = (value: string) => rise('what-if', runId, '--json', '--set', `diagnosis.selfDistill.${value}`);
      const nested = await set('nearDuplicates={ words: 3, similarity: 0.8 }');
      expect(JSON.parse(nested.stdout)).toMatchObject({
        settings: [{ path: 'diagnosis.selfDistill.nearDuplicates', value: { words: 3, similarity: 0.8 } }],
      });
      const open = await set('nearDuplicates={ words: 3');
      expect([open.code, open.stdout]).toEqual([1, expect.stringContaining('its value is no YAML')]);
      expect(await rise('what-if', runId)).toMatchObject({ code: 2, stderr: expect.stringContaining('--set') });
    });

    it('explains an example', async () => {
      const [{ exampleId, promptId }] = entries.filter(({ source }) => source === 'self-distill');
      const { code, stdout } = await rise('explain', exampleId);
      expect(code).toBe(0);
      for (const said of [promptId, 'images/', 'accuracy@', 'seed ', 'policy', 'sft-shards/manifest.json']) {
        expect(stdout).toContain(said);
      }
    });
  });

  describe('explained', () => {
    const exampleOf = (source: string) => entries.find((entry) => entry.source === source)!;

    it('says of its own success what was sampled, and what that earned', async () => {
      const { exampleId, promptId } = exampleOf('self-distill');
      const { source, decision, prompt, index, manifests } = await explainExample(store, exampleId);
      if (source.kind !== 'self-distill') throw new Error('is not its own');
      expect(exampleId).toBe(`${promptId}-self-${source.trajectory.record.trajectoryIndex}`);
      expect(source.score.record.rewardBreakdown.accuracy).toMatchObject({
        value: 1,
        version: `accuracy@${ACCURACY_VERSION}`,
      });
      expect(source.trajectory.record.text).toContain(`\\boxed{${prompt.record.groundTruth}}`);
      expect(decision.record).toMatchObject({ promptId, branch: 'self-distill', examples: [exampleId] });
      expect(prompt.record.images[0].key).toMatch(/^images\//);
      expect(index.record.exampleId).toBe(exampleId);
      expect(manifests).toHaveLength(6);
      for (const { key, sha256 } of manifests) expect(sha256Of(await store.read(key))).toBe(sha256);
    });

    it('says of an expert what it answered', async () => {
      const { exampleId, promptId } = exampleOf('expert');
      const { source } = await explainExample(store, exampleId, runId);
      expect(source).toMatchObject({
        kind: 'expert',
        answer: { record: { promptId, provider: 'worked-solution', isVerified: true } },
      });
    });

    it('must be there, in one run', async () => {
      await expect(explainExample(store, 'nobody-self-0')).rejects.toThrow(
        /no SFT example of the 1 runs of .* is named nobody/,
      );
      await expect(explainExample(store, 'nobody-self-0', runId)).rejects.toThrow(/no SFT example of run run-1/);
      const { exampleId } = exampleOf('expert');
      await store.write(keys.sftIndexKey('run-2'), encodeRecords([exampleOf('expert')]));
      await expect(explainExample(store, exampleId)).rejects.toThrow(/of run-1, run-2; choose one with --run/);
      await store.delete(keys.sftIndexKey('run-2'));
    });
  });
});
