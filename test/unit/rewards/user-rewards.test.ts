import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { storeRewards } from '../../../src/launch/store-rewards.ts';
import { endModules } from '../../../src/modules/stored-module.ts';
import { scoreTrajectory } from '../../../src/rewards/index.ts';
import { loadRewards } from '../../../src/rewards/load-rewards.ts';
import { RunConfig } from '../../../src/schema/config/run-config.ts';
import { configKey } from '../../../src/schema/keys.ts';
import { runValidate } from '../../../src/stages/validate/run-validate.ts';
import { createLocalStore } from '../../../src/store/local-store.ts';
import { aPrompt, aRunConfig, aTrajectory } from '../../support/factories.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const BREVITY = readFileSync(join(packageRoot, 'examples/rewards/brevity.ts'), 'utf8');
const brevity = { weight: 0.5, module: 'rewards/brevity.ts', options: { words: 4 } };

/** A project folder with the example's reward, its code changed or replaced. */
function aProject(code = BREVITY) {
  const project = mkdtempSync(join(folder, 'project-'));
  mkdirSync(join(project, 'rewards'));
  writeFileSync(join(project, 'rewards/brevity.ts'), code);
  return { project, store: createLocalStore(join(project, 'store')) };
}

async function place({ project, store }: ReturnType<typeof aProject>, uses: object) {
  const rewards = await storeRewards(store, RunConfig.shape.rewards.parse(uses), project);
  return aRunConfig({ rewards });
}

async function load(home: ReturnType<typeof aProject>, uses: object) {
  return loadRewards(home.store, await place(home, uses));
}

describe("a user's reward", () => {
  it('scores beside the built-in ones, its version with the hash of its code', async () => {
    const rewards = await load(aProject(), { format: 0, brevity });
    const { reward, rewardBreakdown } = await scoreTrajectory(
      aPrompt(),
      aTrajectory({ text: '7 is the sum of it' }),
      rewards,
    );
    expect(rewardBreakdown.brevity).toEqual({
      value: 0.5,
      weight: 0.5,
      version: expect.stringMatching(/^brevity@1\+[0-9a-f]{8}$/),
      evidence: '6 words; the reward falls after 4',
    });
    expect(reward).toBeCloseTo(0.9 * rewardBreakdown.accuracy.value + 0.5 * 0.5);
  });

  it('is kept by content, so that the config names the code and a changed file is another run', async () => {
    const before = await place(aProject(), { brevity });
    const changed = await place(aProject(`${BREVITY}\n`), { brevity });
    expect(before.rewards.brevity.module).toMatch(/^rewards\/[0-9a-f]{64}\/brevity\.ts$/);
    expect(changed.rewards.brevity.module).not.toBe(before.rewards.brevity.module);
  });

  it('is refused when the store holds other code than the config names', async () => {
    const home = aProject(`${BREVITY}// mine\n`);
    const config = await place(home, { brevity });
    await home.store.write(config.rewards.brevity.module!, `${BREVITY}// theirs\n`);
    await expect(loadRewards(home.store, config)).rejects.toThrow(/holds other code than its name says/);
  });

  const withCode = (from: string, to: string) => BREVITY.replace(from, to);
  it.each([
    ['code that is none', 'export default {', /brevity\.ts does not load: [\s\S]*; it must be one file/],
    ['no function', 'export default 7;', /has no function as its default export/],
    ['no version', withCode("version: '1',", ''), /defines no reward: [\s\S]*at version/],
    ['no golden cases', BREVITY.replace(/cases: \[[\s\S]*\],\n\}\)/, 'cases: [],\n})'), /at cases/],
    ['another name', withCode("'brevity'", "'length'"), /rewards\.brevity: .* defines the reward length/],
  ])('is refused with %s', async (_, code, message) => {
    await expect(load(aProject(code), { brevity })).rejects.toThrow(message);
  });

  it.each([
    [{ brevity: { ...brevity, options: {} } }, /rewards\.brevity\.options: [\s\S]*at words/],
    [{ brevity: { ...brevity, module: 'gone.ts' } }, /rewards\.brevity\.module: .*gone\.ts cannot be read/],
    [{ brevity: { ...brevity, module: 'rewards' } }, /rewards is no module; it ends in \.ts/],
    [{ accuracy: brevity }, /rewards\.accuracy is built in; give your own reward another name/],
    [{ brevity: 1 }, /rewards\.brevity is no built-in reward .*correct the name or give its module/],
  ])('is refused as %j', async (uses, message) => {
    await expect(load(aProject(), uses)).rejects.toThrow(message);
  });

  it.each([
    [
      'throws',
      "throw new Error('no such word')",
      /rewards\.brevity failed on trajectory 0 of prompt-1: .*no such word/,
    ],
    [
      'gives no number',
      'return { value: 0 / 0, evidence: "" }',
      /rewards\.brevity gave NaN for trajectory 0 of prompt-1/,
    ],
  ])('that %s stops the scoring with the trajectory named', async (_, body, message) => {
    const rewards = await load(aProject(withCode('const count', `${body};\nconst count`)), { brevity });
    await expect(scoreTrajectory(aPrompt(), aTrajectory(), rewards)).rejects.toThrow(message);
  });
});

describe("a user's reward that misbehaves ends alone", () => {
  const SPENT = { ...brevity, timeoutSeconds: 3 };
  const inScore = (body: string) => BREVITY.replace('const count', `${body};\nconst count`);

  it('in a golden case, and is named', async () => {
    const home = aProject(inScore('for (;;)'));
    await home.store.write(configKey('run'), JSON.stringify(await place(home, { brevity: SPENT })));
    const validating = runValidate(
      { store: home.store, report: () => {}, machines: { rollout: [], training: [] } },
      { runId: 'run', configKey: configKey('run') },
    );
    await expect(validating).rejects.toThrow(/rewards\.brevity: golden case "short" .*took longer than 3 s/);
  });

  it('with the run, however long it may take', async () => {
    const code = inScore("if (text === 'loop') for (;;)");
    const rewards = await load(aProject(code), { brevity: { ...SPENT, timeoutSeconds: 600 } });
    const scoring = scoreTrajectory(aPrompt(), aTrajectory({ text: 'loop' }), rewards);
    const refused = expect(scoring).rejects.toThrow(/ended its thread/);
    await endModules();
    await refused;
  });
  const outcomeOf = async (code: string) => {
    const rewards = await load(aProject(code), { brevity: SPENT });
    return scoreTrajectory(aPrompt(), aTrajectory(), rewards);
  };

  it.each([
    ['in an endless loop', 'for (;;);', /rewards\.brevity failed on trajectory 0 of prompt-1: .*took longer than 3 s/],
    [
      'in a promise that never settles',
      'return new Promise(() => {})',
      /took longer than 3 s; make it faster, or raise/,
    ],
    ['by ending the process', 'process.exit(0)', /ended its thread with exit code 0; a reward may not end the process/],
    ['by a late throw', "setTimeout(() => { throw new Error('late'); }); return new Promise(() => {})", /late/],
    ['by a late rejection', "Promise.reject(new Error('late')); return new Promise(() => {})", /late/],
    ['giving nothing', 'return undefined', /rewards\.brevity gave undefined .*not \{ value, evidence \}/],
    ['with the place in its file', "throw new Error('no such word')", /no such word \(brevity\.ts:\d+:\d+\)/],
  ])('%s', async (_, body, message) => {
    await expect(outcomeOf(inScore(body))).rejects.toThrow(message);
  });

  it.each([
    ['at its top', `for (;;);\n${BREVITY}`, /brevity\.ts does not load: it took longer than 3 s/],
    ['at its top, with success', `process.exit(0);\n${BREVITY}`, /brevity\.ts does not load: .*exit code 0/],
    [
      'in create',
      BREVITY.replace('create: (', "create: () => { throw new Error('no'); }, unused: ("),
      /brevity.*: Error: no/,
    ],
  ])('%s', async (_, code, message) => {
    await expect(outcomeOf(code)).rejects.toThrow(message);
  });
});

describe('the preflight', () => {
  const validate = async (code: string) => {
    const home = aProject(code);
    const input = { runId: 'run', configKey: configKey('run') };
    await home.store.write(input.configKey, JSON.stringify(await place(home, { brevity })));
    return runValidate({ store: home.store, report: () => {}, machines: { rollout: [], training: [] } }, input);
  };

  it('takes a reward that passes its golden cases', async () => {
    await expect(validate(BREVITY)).resolves.toMatchObject({ runId: 'run' });
  });

  it('names the golden case that fails', async () => {
    await expect(validate(BREVITY.replace('value: 0.5', 'value: 0.75'))).rejects.toThrow(
      /1 faults [\s\S]*rewards\.brevity: golden case "half too long" gave 0\.5 \(6 words.*wanted 0\.75/,
    );
  });

  it('names the prompts that lack what a reward needs', async () => {
    const needy = BREVITY.replace("version: '1',", "version: '1', prompt: z.object({ options: z.array(z.string()) }),");
    await expect(validate(needy)).rejects.toThrow(
      /8 faults [\s\S]*task read-.*rewards\.brevity cannot score it: options/,
    );
  });
});
