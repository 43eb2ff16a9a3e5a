import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    [VALID, '', /^a\.yaml: the config is null/],
  ])('with %j changed to %j is refused', (before, after, message) => {
    expect(() => parseRunConfig(VALID.replace(before, after), 'a.yaml')).toThrow(message);
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

type Schema = { properties?: Record<string, Schema>; oneOf?: Schema[] };

function knobs({ properties = {}, oneOf = [] }: Schema): string[] {
  const own = Object.entries(properties).flatMap(([name, schema]) => [name, ...knobs(schema)]);
  return [...own, ...oneOf.flatMap(knobs)];
}
