import { DeploymentConfig } from '../../../src/schema/deployment-config.ts';
import { DEFAULT_INSTANCE_TYPES, findInstanceType, INSTANCE_TYPES } from '../../../src/sizing/instance-types.ts';
import { findShortage, machineOf } from '../../../src/sizing/machine.ts';
import { footprintOf } from '../../../src/sizing/memory/footprint.ts';
import { MEMORY_PARTS, totalBytes } from '../../../src/sizing/memory/memory.ts';
import { parseModelShape } from '../../../src/sizing/model-shape.ts';
import { describeShortages, type Fit, fitRun, type Machines } from '../../../src/sizing/plan-memory.ts';
import { PUBLISHED_MODELS } from '../../../src/sizing/published-models.ts';
import { type RunFacts, WORK_NAMES, worksOf } from '../../../src/sizing/works.ts';
import { aRunConfig } from '../../support/factories.ts';

const shapeOf = (name: string) => parseModelShape(PUBLISHED_MODELS[`Qwen/Qwen2.5-VL-${name}-Instruct`]);
const gpu = (name: string) => machineOf(findInstanceType(name)!);
const on = (...names: string[]): Machines => ({ rollout: names.map(gpu), training: names.map(gpu) });

const facts: RunFacts = {
  storedBytes: 2,
  prompt: { textTokens: 256, images: 1, tokensPerImage: 640 },
  stateNumbers: { rl: 2, sft: 2 },
  hasReference: false,
};
const config = aRunConfig({
  sampling: { maxNewTokens: 2048 },
  evaluation: { sampling: { maxNewTokens: 2048 } },
  compute: { decodeBatchSequences: 8, precision: 'bf16' },
});
const named = (fits: Fit[], name: string) => fits.find((fit) => fit.name === name)!;

describe('what a job holds', () => {
  const { rl, rollout } = worksOf(config, facts);

  it('of a full training are 16 bytes a trained weight, and what products read besides', () => {
    const { device } = footprintOf(shapeOf('3B'), { ...rl, precision: 'float32' }, 'gpu');
    const trained = 3_754_622_976 - 668_684_288;
    expect(device.masters + device.moments).toBe(12 * trained);
    expect(device.gradients).toBeGreaterThan(4 * trained);
    expect(device.weights).toBe(4 * 668_684_288);
  });

  it('of an adapter are the weights as they are stored, and little more', () => {
    const adapted = { ...rl, storedBytes: 2 as const, adapter: { rank: 32, targets: 'all-linear' as const } };
    const { device } = footprintOf(shapeOf('7B'), adapted, 'gpu');
    expect(device.weights / 8_292_166_656).toBeCloseTo(2, 1);
    expect(device.masters + device.gradients + device.moments).toBeLessThan(2e9);
  });

  it('grows with sequences, their length and a reference', () => {
    const total = (work: typeof rl | typeof rollout) => totalBytes(footprintOf(shapeOf('3B'), work, 'gpu').device);
    expect(total({ ...rollout, sequences: 16 })).toBeGreaterThan(total(rollout));
    expect(total({ ...rollout, completionTokens: 4096 })).toBeGreaterThan(total(rollout));
    expect(total({ ...rl, completionTokens: 4096 })).toBeGreaterThan(total(rl));
    expect(total({ ...rl, hasReference: true })).toBeGreaterThan(total(rl));
  });

  it('is no negative part, nor one that is no number', () => {
    for (const name of WORK_NAMES) {
      for (const device of ['cpu', 'gpu'] as const) {
        const { device: held, host } = footprintOf(shapeOf('32B'), worksOf(config, facts)[name], device);
        for (const part of MEMORY_PARTS) expect(Math.min(held[part], host[part])).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(totalBytes(held) + totalBytes(host))).toBe(true);
      }
    }
  });
});

describe('a run', () => {
  it('is refused where a job does not fit, with changes under which it does by the same arithmetic', () => {
    const fit = named(fitRun(shapeOf('7B'), config, facts, on('g6e.4xlarge')), 'rl');
    expect(fit).toMatchObject({ kind: 'too-large', short: { memory: 'GPU' } });
    const { remedies, short } = fit as Fit & { kind: 'too-large' };
    expect(remedies.map(({ change }) => change).join()).toMatch(/policy\.adapter of rank 32/);
    for (const { bytes } of remedies.filter(({ change }) => !/xlarge/.test(change))) {
      expect(bytes).toBeLessThanOrEqual(short.available);
    }
    expect(describeShortages([fit])[0]).toMatch(
      /^rl needs \d+ GB of GPU memory, g6e\.4xlarge has 47 GB; what would fit: /,
    );
  });

  it('names the cheapest instance type that would do', () => {
    const fit = named(fitRun(shapeOf('3B'), config, facts, on('g6.xlarge')), 'rollout') as Fit & { kind: 'too-large' };
    const [type] = INSTANCE_TYPES.filter(
      (each) => !findShortage(shapeOf('3B'), worksOf(config, facts).rollout, machineOf(each)),
    );
    expect(fit.remedies.at(-1)!.change).toBe(`${type.name} (${type.gpu.memoryGiB} GiB)`);
  });

  it('fits only where each type of its queue has room, since any of them may be given', () => {
    const kinds = fitRun(shapeOf('3B'), config, facts, on('g6e.4xlarge', 'g6.xlarge')).map(({ kind }) => kind);
    expect(kinds).toContain('too-large');
  });

  it('is let through where nothing is known of the machines', () => {
    const fits = fitRun(shapeOf('72B'), config, facts, { rollout: [], training: [] });
    expect(fits.every(({ kind }) => kind === 'fits')).toBe(true);
  });

  it('has no RL job without iterations', () => {
    const fits = fitRun(shapeOf('3B'), { ...config, rl: { ...config.rl, iterations: 0 } }, facts, on('g6e.4xlarge'));
    expect(fits.map(({ name }) => name)).toEqual(['rollout', 'evaluation', 'sft']);
  });
});

describe('instance types', () => {
  it('stand in the order of their prices, with the ones that the stack rents among them', () => {
    const prices = INSTANCE_TYPES.map(({ hourUsd }) => hourUsd);
    expect(prices).toEqual(prices.toSorted((a, b) => a - b));
    const { rolloutInstanceTypes, trainingInstanceTypes } = DeploymentConfig.parse({});
    expect([rolloutInstanceTypes, trainingInstanceTypes]).toEqual([DEFAULT_INSTANCE_TYPES, DEFAULT_INSTANCE_TYPES]);
    for (const name of DEFAULT_INSTANCE_TYPES) expect(findInstanceType(name)).toBeDefined();
  });
});
