import fc from 'fast-check';
import { decideShards, rerouteShards } from '../../../src/routing/decide-shards.ts';
import type { StoredDiagnosis } from '../../../src/routing/read-diagnosis.ts';
import type { Decision } from '../../../src/schema/decision.ts';
import { encodeRecords } from '../../../src/store/records.ts';
import { aPrompt, aResponse, aRunConfig, aTrajectory } from '../../support/factories.ts';

/** A diagnosis whose trajectories have these verdicts and thoughts, a prompt after the other. */
function aDiagnosis(groups: readonly { isCorrect: boolean; thought: string }[][]): StoredDiagnosis {
  const prompts = groups.map((_, at) => aPrompt({ promptId: `p${at}` }));
  const members = groups.flatMap((group, at) =>
    group.map(({ isCorrect, thought }, trajectoryIndex) => {
      const place = { promptId: `p${at}`, trajectoryIndex };
      return {
        trajectory: aTrajectory({ ...place, text: aResponse('7', thought) }),
        score: { ...place, reward: Number(isCorrect), isCorrect, rewardBreakdown: {} },
      };
    }),
  );
  return {
    shard: 0,
    policy: { folder: 'models/base/' },
    routes: [],
    prompts,
    trajectories: members.map(({ trajectory }) => trajectory),
    scores: members.map(({ score }) => score),
    answers: [],
  };
}

async function* once<T>(value: T) {
  yield value;
}

describe('decisions', () => {
  const group = fc.array(fc.record({ isCorrect: fc.boolean(), thought: fc.constantFrom('a', 'b', 'a b c', 'a b d') }), {
    minLength: 4,
    maxLength: 4,
  });
  const settings = fc.record({
    selfDistillMin: fc.constantFrom(0, 0.25, 0.5),
    masteredMin: fc.constantFrom(0.5, 0.75, 1),
    maxKeptPerPrompt: fc.nat(3),
    selfDistill: fc.record({
      order: fc.constantFrom('random', 'shortest', 'diverse'),
      nearDuplicates: fc.constantFrom({ words: 1, similarity: 0.5 }, undefined),
    }),
  });

  it('are the same bytes from the records as they were written, and give a reason for all that is not learned', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(group, { maxLength: 5 }), settings, async (groups, diagnosis) => {
        const config = aRunConfig({ diagnosis: { trajectoriesPerPrompt: 4, ...diagnosis } });
        const decide = async (shard: StoredDiagnosis) => {
          const decided: Decision[] = [];
          const shards = decideShards('run', config, rerouteShards(config, once(shard)));
          for await (const { decisions } of shards) decided.push(...decisions);
          return decided;
        };
        const stored = aDiagnosis(groups);
        const decisions = await decide(stored);
        const replayed = await decide(JSON.parse(JSON.stringify(stored)));
        expect(encodeRecords(replayed)).toBe(encodeRecords(decisions));
        for (const { branch, trajectories, examples } of decisions) {
          const kept = trajectories.filter(({ outcome }) => outcome === 'kept');
          expect(examples).toHaveLength(branch === 'self-distill' ? kept.length : 0);
          expect(trajectories.every(({ outcome, because }) => (outcome === 'kept') === (because === undefined))).toBe(
            true,
          );
        }
      }),
    );
  });
});
