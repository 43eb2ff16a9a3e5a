import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of } from '../../../src/base/hash.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import type { StoredSftExample } from '../../../src/formats/format.ts';
import { toRecord, webdataset } from '../../../src/formats/webdataset.ts';
import type { Prompt } from '../../../src/schema/prompt.ts';
import type { SftExample } from '../../../src/schema/sft-example.ts';
import type { RewardPart } from '../../../src/schema/trajectory.ts';
import { anExpertRoute, aPrompt, aResponse } from '../../support/factories.ts';
import { findPythonWith } from '../../support/python-environment.ts';
import { packFiles } from '../../support/shards.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const READERS = ['webdataset', 'datasets'] as const;
const environment = findPythonWith('datasets==5.2.0', 'webdataset==1.0.2', 'pyarrow==26.0.1', 'pillow==13.0.0');
if ('missing' in environment) console.warn(`Skipped, ${environment.missing}: the readers of shards`);

const folder = aTemporaryFolder();
const graderVersion = 'accuracy@2';

interface Row {
  name: string;
  json: ReturnType<typeof toRecord> & { blank?: unknown };
  images: string[];
}

/** Images that differ, some of them JPEG by name. */
function aPromptWith(promptId: string, images: number, fields: Partial<Prompt> = {}, format = 'png'): Prompt {
  const refs = Array.from({ length: images }, (_, slot) => {
    const sha256 = sha256Of(imageOf(promptId, slot));
    return { key: `images/${sha256}.${format}`, sha256, width: 3, height: 2 };
  });
  return aPrompt({ promptId, images: refs, ...fields });
}

const imageOf = (promptId: string, slot: number) => Buffer.from(`${promptId} ${slot}`.repeat(200));

function stored(prompt: Prompt, example: SftExample): StoredSftExample {
  return { example, prompt, images: prompt.images.map((_, slot) => imageOf(prompt.promptId, slot)) };
}

function ofExpert(prompt: Prompt): StoredSftExample {
  const { promptId } = prompt;
  return stored(prompt, {
    exampleId: `${promptId}-expert`,
    source: 'expert',
    promptId,
    response: aResponse('7', 'Größe 数'),
    provenance: { runId: 'run', route: anExpertRoute(promptId), expertProvider: 'worked-solution', graderVersion },
  });
}

const aPart = (value: number, fields: Partial<RewardPart> = {}): RewardPart => ({
  value,
  weight: 1,
  version: 'accuracy@2',
  evidence: 'says "value":1,"weight":0 of itself',
  ...fields,
});

function ofPolicy(
  prompt: Prompt,
  { passRate = 0.5, parts = { accuracy: aPart(1) } }: { passRate?: number; parts?: Record<string, RewardPart> } = {},
): StoredSftExample {
  const { promptId } = prompt;
  return stored(prompt, {
    exampleId: `${promptId}-self-2`,
    source: 'self-distill',
    promptId,
    response: aResponse('7'),
    provenance: {
      runId: 'run',
      route: {
        promptId,
        kind: 'self-distill',
        passRate,
        groupSize: 8,
        correctTrajectoryIndices: times(8 * passRate, (i) => i),
      },
      trajectoryIndex: 2,
      policyVersion: 0,
      rewardBreakdown: parts,
      graderVersion,
    },
  });
}

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const ofPolicies = (name: string, count: number, images = 1) =>
  times(count, (i) => ofPolicy(aPromptWith(`${name}${i}`, images)));
const usage = { id: 'j', inputTokens: 5, outputTokens: 6 };

const KINDS: Record<string, StoredSftExample[]> = {
  'one example': [ofPolicy(aPromptWith('p', 1))],
  'successes alone': ofPolicies('p', 7),
  'expert answers alone': times(7, (i) => ofExpert(aPromptWith(`p${i}`, 1))),
  'expert answers before successes': [...times(8, (i) => ofExpert(aPromptWith(`e${i}`, 1))), ...ofPolicies('p', 2)],
  'pass rates with and without a fraction': [0.875, 0, 0.5, 0, 0.125, 0].map((passRate, i) =>
    passRate ? ofPolicy(aPromptWith(`p${i}`, 1), { passRate }) : ofExpert(aPromptWith(`p${i}`, 1)),
  ),
  'a fraction of a reward after whole ones': [1, 1, 1, 1, 1, 0.5, 1e-7, -1].map((value, i) =>
    ofPolicy(aPromptWith(`p${i}`, 1), { parts: { perception: aPart(value, { weight: 0.7 }) } }),
  ),
  'fields that come late': [
    ...ofPolicies('p', 9),
    ofPolicy(aPromptWith('options', 1, { options: ['3', '7'] })),
    ofPolicy(aPromptWith('annotations', 1, { annotations: ['a square'] })),
    ofPolicy(aPromptWith('tier', 1, { tier: 'hard' })),
    ofExpert(aPromptWith('solution', 1, { solution: aResponse('7') })),
  ],
  'text alone': ofPolicies('p', 7, 0),
  'a second image late': [...ofPolicies('one', 12), ofPolicy(aPromptWith('two', 2))],
  'no, one, two and three images, JPEGs among them': [
    ...ofPolicies('none', 6, 0),
    ...ofPolicies('one', 6, 1),
    ofPolicy(aPromptWith('two', 2)),
    ofPolicy(aPromptWith('three', 3, {}, 'jpg')),
  ],
  'fields that samples with most images lack': [
    ...ofPolicies('two', 1, 2),
    ofExpert(aPromptWith('expert', 0, { tier: 'hard', solution: aResponse('7') })),
    ofPolicy(aPromptWith('options', 1, { options: ['3', '7'] })),
    ofPolicy(aPromptWith('judged', 0, { annotations: ['x'] }), { parts: { accuracy: aPart(1, { usage }) } }),
  ],
  'an expert answer with most images': [ofExpert(aPromptWith('expert', 2)), ...ofPolicies('p', 6)],
  'what judges took': [
    ...ofPolicies('p', 6),
    ofPolicy(aPromptWith('tokens', 1), { parts: { accuracy: aPart(1, { usage }) } }),
    ofPolicy(aPromptWith('dollars', 1), { parts: { accuracy: aPart(1, { usage: { ...usage, dollars: 0.25 } }) } }),
    ofPolicy(aPromptWith('whole', 1), { parts: { accuracy: aPart(1, { usage: { ...usage, dollars: 2 } }) } }),
  ],
  'more fields than five samples show': ['options', 'annotations'].flatMap((list) => [
    ofPolicy(aPromptWith(`p-${list}`, 1, { [list]: ['x'] })),
    ofPolicy(aPromptWith(`p-${list}-tier`, 1, { tier: 'hard' })),
    ofExpert(aPromptWith(`p-${list}-expert`, 1)),
    ofPolicy(aPromptWith(`p-${list}-solution`, 1, { solution: 'x' })),
    ofPolicy(aPromptWith(`p-${list}-dollars`, 1), {
      parts: { accuracy: aPart(1, { usage: { ...usage, dollars: 2 } }) },
    }),
  ]),
  'names of over a hundred bytes': times(3, (i) => ofPolicy(aPromptWith(`p${i}-${'long'.repeat(60)}`, 2))),
};

/** What a reader should give: `datasets` gives a field that a record of its own lacks as null. */
const withoutNulls = (value: unknown): unknown => JSON.parse(JSON.stringify(value), (_, each) => each ?? undefined);

const byName = (rows: Row[]) => rows.toSorted((left, right) => (left.name < right.name ? -1 : 1));

describe('SFT shards', () => {
  const names = Object.keys(KINDS);
  const read: Record<string, Record<(typeof READERS)[number], Row[]>> = {};
  const files: Record<string, Buffer[]> = {};

  beforeAll(async () => {
    for (const [kind, name] of names.entries()) {
      const packed = await packFiles(KINDS[name], 6);
      files[name] = packed.map(({ bytes }) => bytes);
      mkdirSync(join(folder, String(kind)));
      for (const { name: file, bytes } of packed) writeFileSync(join(folder, String(kind), file), bytes);
    }
    if ('missing' in environment) return;
    const script = join(packageRoot, 'test/support/read_shards.py');
    const folders = names.map((_, kind) => join(folder, String(kind)));
    const printed = execFileSync(environment.python, [script, ...folders], { encoding: 'utf8', stdio: 'pipe' });
    const result = JSON.parse(printed);
    for (const [kind, name] of names.entries()) read[name] = result[folders[kind]];
  }, 600_000);

  it.each(names)('come back from our own reader: %s', async (name) => {
    const examples = (await Promise.all(files[name].map((bytes) => webdataset.read(bytes)))).flat();
    const inOrder = (list: StoredSftExample[]) =>
      list.toSorted((left, right) => (left.example.exampleId < right.example.exampleId ? -1 : 1));
    expect(inOrder(examples)).toEqual(inOrder(KINDS[name]));
  });

  const itWithReaders = 'python' in environment ? it : it.skip;
  itWithReaders.each(names)('give all values to both readers: %s', (name) => {
    const expected = byName(
      KINDS[name].map(({ example, prompt, images }) => ({
        name: example.exampleId,
        json: toRecord({ example, prompt }),
        images: images.map((image) => sha256Of(image)),
      })),
    );
    for (const reader of READERS) {
      const rows = byName(read[name][reader]);
      const plain = rows.filter(({ json }) => !json.blank);
      expect(rows.map(({ name: row, images }) => ({ name: row, images }))).toEqual(
        expected.map(({ name: row, images }) => ({ name: row, images })),
      );
      expect(rows.length - plain.length).toBeLessThanOrEqual(1);
      expect(plain.map(({ json }) => withoutNulls(json))).toEqual(
        expected
          .filter(({ name: row }) => plain.some((each) => each.name === row))
          .map(({ json }) => withoutNulls(json)),
      );
    }
  });
});
