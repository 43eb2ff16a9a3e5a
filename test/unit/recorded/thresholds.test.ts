import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishRecorded } from '../../../src/recorded/publish-recorded.ts';
import { RECORDED_FILES } from '../../../src/recorded/recorded-files.ts';
import { routePrompts } from '../../../src/recorded/route-prompts.ts';
import { scoreResponses } from '../../../src/recorded/score-responses.ts';
import { PAPER_RULE, SelfDistillConfig } from '../../../src/schema/config/diagnosis.ts';
import { SftIndexEntry } from '../../../src/schema/sft-example.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { encodeRecords, readRecords } from '../../../src/store/records.ts';
import { aResponse } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

describe('recorded responses', () => {
  const out = aTemporaryFolder();
  // Of four responses to each prompt, as many are right as its id says.
  const prompts = [0, 1, 2, 3, 4].map((right) => ({ promptId: `p${right}`, question: 'q', answer: 7 }));
  const responses = prompts.flatMap(({ promptId }, right) =>
    [0, 1, 2, 3].map((index) => {
      const thought = 'I count. '.repeat(4 - index).trim();
      return { promptId, response: aResponse(index < right ? '7' : '8', thought) };
    }),
  );
  beforeAll(async () => {
    const files = ['in.jsonl', 'responses-in.jsonl'].map((name) => join(out, name));
    await writeFile(files[0], encodeRecords(prompts));
    await writeFile(files[1], encodeRecords(responses));
    await scoreResponses({ prompts: files[0], responses: files[1], out });
  });

  it.each([
    [{}, { mastered: 1, selfDistill: 3, expert: 1 }],
    [
      { selfDistillMin: 0.5, masteredMin: 0.75 },
      { mastered: 2, selfDistill: 1, expert: 2 },
    ],
    // 4/4 has a lower bound of 0.510, 1/4 an upper one of 0.699.
    [{ decideBy: 'wilson-interval', selfDistillMin: 0.7, masteredMin: 0.5 }, /--self-distill-min 0.7 is more than/],
    [
      { decideBy: 'wilson-interval', selfDistillMin: 0.5, masteredMin: 0.51 },
      { mastered: 1, selfDistill: 3, expert: 1 },
    ],
    [
      { decideBy: 'wilson-interval', selfDistillMin: 0.5, masteredMin: 0.52 },
      { mastered: 0, selfDistill: 4, expert: 1 },
    ],
  ] as const)('take the routes of %j', async (rule, expected) => {
    const routed = routePrompts({ scores: out, out, rule: { ...PAPER_RULE, ...rule } });
    if (expected instanceof RegExp) await expect(routed).rejects.toThrow(expected);
    else expect(await routed).toEqual(expected);
  });

  it('are kept in the order asked for', async () => {
    await routePrompts({ scores: out, out });
    const rules = SelfDistillConfig.parse({ order: 'shortest' });
    await publishRecorded({ scores: out, out, maxKept: 1, examplesPerShard: 9, seed: 5, rules });
    const entries = await readRecords(createLocalStore(out), RECORDED_FILES.shardIndex, SftIndexEntry);
    expect(entries.map(({ exampleId }) => exampleId).toSorted()).toEqual(['p1-self-0', 'p2-self-1', 'p3-self-2']);
  });
});
