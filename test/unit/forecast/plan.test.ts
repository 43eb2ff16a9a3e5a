import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { renderPlan } from '../../../src/cli/views/render-plan.ts';
import { type PlanOptions, planRun } from '../../../src/forecast/plan-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const tiny = join(packageRoot, 'examples/tiny.yaml');

/** The tiny run with a model that is named and not there. */
function aConfigOf(model: string): string {
  const path = join(folder, `${basename(model)}.yaml`);
  writeFileSync(path, readFileSync(tiny, 'utf8').replace(/^( *model:) \S+/m, `$1 ${model}`));
  return path;
}

const plan = (model: string, options: PlanOptions = {}) => planRun(aConfigOf(model), options);

describe('a plan', () => {
  it('of a model that is here has its parameters, what fits, and what the run takes', async () => {
    const { parameters, fits, forecast } = await planRun(tiny, {});
    expect(Object.values(parameters).reduce((a, b) => a + b)).toBe(609_568);
    expect(fits.map(({ kind }) => kind)).toEqual(['fits', 'fits', 'fits', 'fits']);
    expect(forecast).toMatchObject({ type: { name: 'g6e.4xlarge' }, run: { usd: expect.any(Number) } });
    expect(forecast!.run!.usd).toBeGreaterThan(6 * forecast!.iteration!.usd);
  });

  it('of a published one takes its name alone, of any other its config.json', async () => {
    const { model } = await plan('Qwen/Qwen2.5-VL-3B-Instruct');
    expect(model).toMatchObject({ source: 'Qwen/Qwen2.5-VL-3B-Instruct', storedBytes: 2 });
    expect((await plan('checkpoints/Qwen2.5-VL-72B-Instruct')).model.source).toBe('Qwen/Qwen2.5-VL-72B-Instruct');
    const modelConfig = join(packageRoot, 'models/rise-tiny/config.json');
    expect((await plan('nowhere', { modelConfig })).model).toMatchObject({ source: modelConfig, maxPixels: 50_176 });
    await expect(plan('nowhere')).rejects.toThrow(
      /config\.json cannot be read; .*Qwen2\.5-VL-7B-Instruct.*--model-config/,
    );
  });

  it('holds each instance type that it is given to it, and refuses those it does not know', async () => {
    const instanceTypes = ['g6.xlarge'];
    const { fits, forecast } = await plan('Qwen/Qwen2.5-VL-32B-Instruct', { instanceTypes });
    expect(fits.map(({ kind }) => kind)).toEqual(Array(4).fill('too-large'));
    expect(forecast).toBeUndefined();
    await expect(planRun(tiny, { instanceTypes: ['x9.huge'] })).rejects.toThrow(
      /x9\.huge is not known here; give some of g6/,
    );
  });

  it.each(['Qwen/Qwen2.5-VL-3B-Instruct', 'Qwen/Qwen2.5-VL-7B-Instruct'])(
    'of %s reads within 80 columns',
    async (name) => {
      const lines = renderPlan(await plan(name)).split('\n');
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(lines.join('\n')).toMatch(/rl needs .* would\s+fit:/s);
    },
  );
});

describe('the examples of published models', () => {
  it.each(['3b', '7b'])('qwen2.5-vl-%s.yaml fits on each instance type that the stack rents', async (name) => {
    const { fits, model, parameters } = await planRun(join(packageRoot, `examples/qwen2.5-vl-${name}.yaml`), {});
    expect(fits).toEqual(['rollout', 'evaluation', 'rl', 'sft'].map((name) => ({ kind: 'fits', name })));
    expect(model.source).toBe(`Qwen/Qwen2.5-VL-${name.toUpperCase()}-Instruct`);
    expect(Object.values(parameters).reduce((a, b) => a + b)).toBeGreaterThan(3e9);
  });
});
