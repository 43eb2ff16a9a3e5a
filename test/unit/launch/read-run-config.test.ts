import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { grpo } from '../../../src/algorithms/grpo.ts';
import { packageRoot } from '../../../src/base/package-root.ts';
import { adamw } from '../../../src/engine/optim/adamw.ts';
import { parseRunConfig, readRunConfig } from '../../../src/launch/read-run-config.ts';
import { RunConfig } from '../../../src/schema/config/run-config.ts';

const VALID = `
name: demo
policy: { model: model }
data:
  train: { kind: tasks, split: train, tiers: { read: 1 }, seed: 1 }
  evaluation: { kind: tasks, split: evaluation, tiers: { read: 1 }, seed: 1 }
sampling: {}
rl:
  iterations: 1
  promptsPerIteration: 1
  groupSize: 2
  optimizer: { learningRate: 1.0e-5 }
sft: { epochs: 1, optimizer: { learningRate: 1.0e-5 } }
`;

describe('a run config', () => {
  it('is read with the defaults filled in', () => {
    expect(parseRunConfig(VALID, 'a.yaml')).toMatchObject({
      seed: 0,
      rl: { algorithm: { name: 'grpo', options: {} }, optimizer: { name: 'adamw', options: {} } },
    });
  });

  it.each([
    ['algorithm: other', { name: 'other', options: {} }],
    ['algorithm: { options: { clipRatioLow: 0.1 } }', { name: 'grpo', options: { clipRatioLow: 0.1 } }],
  ])('chooses by a name, or by name and options: %s', (line, algorithm) => {
    const { rl } = parseRunConfig(VALID.replace('groupSize: 2', `groupSize: 2\n  ${line}`), 'a.yaml');
    expect(rl.algorithm).toEqual(algorithm);
  });

  it.each([
    ['groupSize: 2', 'groupSize: 1', /^a\.yaml:11: rl\.groupSize is 1: .*>=2 \(rl\.groupSize: trajectories per prompt/],
    ['groupSize: 2', 'groupsize: 2', /rl has no field groupsize; it has iterations, promptsPerIteration, groupSize/],
    [
      'groupSize: 2',
      'groupSize: 2\n  clipRatioLow: 0.1',
      /^a\.yaml:9: rl\.clipRatioLow is now rl\.algorithm\.options\.clipRatioLow$/m,
    ],
    ['groupSize: 2', 'groupSize: 2\n  advantageNormalization: none', /rl\.advantageNormalization is now rl\.algorithm/],
    ['1.0e-5 }\nsft', '1.0e-5, beta1: 0.8 }\nsft', /rl\.optimizer\.beta1 is now rl\.optimizer\.options\.beta1/],
    ['groupSize: 2', 'groupsize: 2', /^a\.yaml:9: rl\.groupSize is missing/],
    [
      'sampling: {}',
      'sampling: {}\ndiagnosis: { selfDistillMin: 0.5, masteredMin: 0.25 }',
      /^a\.yaml:8: diagnosis\.masteredMin is 0\.25: less than selfDistillMin, 0\.5; raise it/,
    ],
    [
      'sampling: {}',
      'sampling: {}\ndiagnosis: { selfDistill: { minRewards: { perception: 0.5 } } }',
      /^a\.yaml:8: .*the run scores no perception \(accuracy, format\); correct the name or add it/,
    ],
    ['name: demo', 'name: "no spaces"', /^a\.yaml:2: name is "no spaces"/],
    [
      'sampling: {}',
      'sampling: {}\ncompute: { engine: eager, precision: bf16 }',
      /^a\.yaml:8: compute\.precision .*float32 alone/,
    ],
    [
      'train: { kind: tasks',
      'train: { family: faces, kind: tasks',
      /^a\.yaml:5: data\.train\.family .*there is no family faces; choose one of charts/,
    ],
    [
      'tiers: { read: 1 }, seed: 1 }\nsampling',
      'tiers: { read: 1, smell: 2 }, seed: 1 }\nsampling',
      /^a\.yaml:6: data\.evaluation\.tiers\.smell .*charts has no tier smell; it has read, count, sum, difference, product/,
    ],
    ['sampling: {}', 'sampling: {', /^a\.yaml: .*line/],
    [VALID, '', /^a\.yaml: the config is empty/],
    ['name: demo', 'name: demo\nseed: .nan', /^a\.yaml:3: seed is NaN: /],
    ['name: demo', 'name: demo\nseed: 1e400', /^a\.yaml:3: seed is Infinity: /],
    ['groupSize: 2', 'groupSize: *many', /^a\.yaml:11: .*the alias \*many has no anchor &many before it; /],
    [VALID, `---\n${VALID}---\nname: other\n`, /^a\.yaml:15: a second YAML document begins here; keep one$/],
    ['sampling: {}', `sampling: {}\n${bomb()}`, /^a\.yaml: its aliases stand for too much; write out what they mean$/],
    ['sampling: {}', 'sampling: &all { topP: *all }', /^a\.yaml:7: the alias \*all stands for what it is part of; /],
    ['sampling: {}', `sampling: {}\n${'- '.repeat(20_000)}x`, /^a\.yaml: it is nested too deeply/],
  ])('with %j changed to %j is refused', (before, after, message) => {
    expect(() => parseRunConfig(VALID.replace(before, after), 'a.yaml')).toThrow(message);
  });

  it.each([
    ['x.csv', 'id,question\n1,a: b', /^x\.csv is data; give a run config, a YAML file such as examples\/tiny\.yaml/],
    ['data.jsonl', '{}', /^data\.jsonl is data; give a run config/],
    ['x.txt', 'id,question\n1,a', /^x\.txt has no fields: it is a text; give a run config/],
    ['x.yaml', '- name: a', /^x\.yaml has no fields: it is a list; give a run config/],
  ])('that is none is told what is wanted: %s', (path, text, message) => {
    expect(() => parseRunConfig(text, path)).toThrow(message);
  });

  const examples = readdirSync(join(packageRoot, 'examples')).filter((name) => name.endsWith('.yaml'));
  it.each(examples)('of the examples is valid: %s', async (name) => {
    expect(await readRunConfig(join(packageRoot, 'examples', name))).toHaveProperty('name');
  });

  it('of a real run shows every knob, if only as a comment', () => {
    const text = readFileSync(join(packageRoot, 'examples/qwen2.5-vl-7b.yaml'), 'utf8');
    const notItsKind = ['family', 'split', 'tiers'];
    const ofDefaults = [grpo, adamw].flatMap(({ options }) => knobs(z.toJSONSchema(options) as Schema));
    const missing = [...knobs(z.toJSONSchema(RunConfig) as Schema), ...ofDefaults].filter(
      (name) => !new RegExp(`\\b${name}: `).test(`${text} `.replaceAll(':\n', ': ')),
    );
    expect(missing.filter((name) => !notItsKind.includes(name))).toEqual([]);
  });
});

describe('the default of every field', () => {
  const whole = parseRunConfig(VALID, 'a.yaml') as unknown as Section;

  it.each(fieldsOf(whole))('holds where its section says %s alone', (path) => {
    const said = parse(VALID);
    let given = said;
    let full: unknown = whole;
    for (const [depth, name] of path.entries()) {
      full = (full as Section)[name];
      if (depth === path.length - 1) given[name] = full;
      else {
        given[name] ??= {};
        given = given[name] as Section;
      }
    }
    expect(parseRunConfig(stringify(said), 'a.yaml')).toEqual(whole);
  });

  it('of an evaluation is greedy, whatever else its sampling says', () => {
    const text = `${VALID}evaluation: { sampling: { maxNewTokens: 48 } }\n`;
    expect(parseRunConfig(text, 'a.yaml').evaluation.sampling).toMatchObject({ temperature: 0, maxNewTokens: 48 });
  });
});

type Section = Record<string, unknown>;

/** The paths of all fields that are no section, those of lists and of records by free names as a whole. */
function fieldsOf(section: Section, above: string[] = []): [string[]][] {
  return Object.entries(section).flatMap(([name, value]): [string[]][] => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const isSection = isObject && Object.keys(value).length > 0;
    return isSection ? fieldsOf(value as Section, [...above, name]) : [[[...above, name]]];
  });
}

/** Aliases of aliases: a few lines that stand for a billion. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, i) => `b${i + 1}: &b${i + 1} [${`*b${i}, `.repeat(10)}]\n`);
  return `b0: &b0 [x]\n${levels.join('')}`;
}

type Schema = { properties?: Record<string, Schema>; oneOf?: Schema[] };

function knobs({ properties = {}, oneOf = [] }: Schema): string[] {
  const own = Object.entries(properties).flatMap(([name, schema]) => [name, ...knobs(schema)]);
  return [...own, ...oneOf.flatMap(knobs)];
}
