import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import type { RunConfig } from '../../../src/schema/config/run-config.ts';
import { countSlots } from '../../../src/sizing/count-slots.ts';
import { findInstanceType } from '../../../src/sizing/instance-types.ts';
import { findShortage, machineOf } from '../../../src/sizing/machine.ts';
import { describeModel } from '../../../src/sizing/planned-model.ts';
import { assumedPrompt } from '../../../src/sizing/prompt-size.ts';
import { PUBLISHED_MODELS } from '../../../src/sizing/published-models.ts';
import { samplingWorksOf } from '../../../src/sizing/works.ts';
import { aRunConfig } from '../../support/factories.ts';

const modelOf = (size: string) => describeModel(size, PUBLISHED_MODELS[`Qwen/Qwen2.5-VL-${size}-Instruct`]);
const tiny = describeModel(
  'rise-tiny',
  JSON.parse(readFileSync(join(packageRoot, 'models/rise-tiny/config.json'), 'utf8')),
  { max_pixels: 50_176 },
);
const adapter = { rank: 32, alpha: 64 };
const aConfig = (maxNewTokens: number, policy: object = { adapter, maxPixels: 501_760 }): RunConfig =>
  aRunConfig({
    policy: { ...aRunConfig().policy, ...policy },
    sampling: { maxNewTokens },
    evaluation: { sampling: { maxNewTokens } },
    compute: { decodeBatchSequences: 'auto' },
  });

describe('slots that are left open', () => {
  it.each([
    ['3B', 2048, 32],
    ['7B', 2048, 16],
    ['72B', 2048, 1],
  ])('of %s with %i tokens are %i', (size, maxNewTokens, slots) => {
    expect(countSlots(aConfig(maxNewTokens), modelOf(size))).toBe(slots);
  });

  it('are bounded where a slot takes next to nothing', () => {
    expect(countSlots(aConfig(64, {}), tiny)).toBe(512);
  });

  it('are as many as fit, and twice as many do not', () => {
    const [config, model] = [aConfig(4096), modelOf('7B')];
    const facts = { storedBytes: model.storedBytes, prompt: assumedPrompt(config, model) };
    const slots = countSlots(config, model);
    const shortagesOf = (sequences: number) =>
      Object.values(samplingWorksOf(config, facts, sequences)).filter((work) =>
        findShortage(model.shape, work, machineOf(findInstanceType('g6e.4xlarge')!)),
      );
    expect(shortagesOf(slots)).toEqual([]);
    expect(shortagesOf(2 * slots)).not.toEqual([]);
  });
});
