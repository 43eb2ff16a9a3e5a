import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examineRun } from '../../src/lineage/examine-run.ts';
import { RunSummary } from '../../src/schema/evaluation.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { killGroup, readManifests, riseRun } from '../support/rise-run.ts';
import { aSmallRunConfig } from '../support/small-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();
const small = readFileSync(aSmallRunConfig(folder), 'utf8');

/** The small run, pipelined or not, which measures the policy after each second iteration of three and goes on with the best. */
function aConfig(name: string, pipelined: boolean, epochs = 2): string {
  const path = join(folder, `${name}.yaml`);
  const text = small
    .replace('name: resume', `name: ${name}`)
    .replace('iterations: 1', `iterations: 3, pipelined: ${pipelined}`)
    .replace('epochs: 2', `epochs: ${epochs}`)
    .replace('\nevaluation: {', '\nevaluation: { duringRl: { everyIterations: 2, goesOn: best },')
    .replace('rolloutShards: 2', 'rolloutShards: 2, keepCheckpoints: 1');
  writeFileSync(path, text);
  return path;
}

const runIn = (store: string) => readdirSync(join(store, 'runs'))[0];
const MEASURED = ['iteration-000001', 'iteration-000002'];

jest.setTimeout(1_200_000);

it.each([
  ['plain', false],
  ['pipelined', true],
])(
  'a %s run killed in the middle of measuring goes on, keeps what it measured, and the best goes on',
  async (name, pipelined) => {
    const config = aConfig(name, pipelined);
    const store = join(folder, name);
    const state = pipelined ? 'EvaluateIterationMeanwhile' : 'EvaluateIteration';
    const killed = await riseRun(config, store, (event, child) => {
      if (event.kind === 'job-progress' && event.state === state) killGroup(child);
    });
    expect(killed.code).toBe(null);
    const whole = await riseRun(config, store);
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    const alone = join(folder, `${name}-alone`);
    expect((await riseRun(config, alone)).code).toBe(0);
    expect(readManifests(store)).toEqual(readManifests(alone));

    const run = join(store, 'runs', runIn(store));
    const { duringRl } = RunSummary.parse(JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8')));
    const { measured, best } = duringRl!;
    expect(measured.map(({ iteration }) => iteration)).toEqual([2, 3]);
    expect(best).toBe(measured[1].accuracy > measured[0].accuracy ? 3 : 2);
    const weights = (iteration: string) => existsSync(join(run, iteration, 'checkpoint/model.safetensors'));
    expect(['iteration-000000', ...MEASURED].map(weights)).toEqual([false, true, true]);
    const { inputs } = JSON.parse(readFileSync(join(run, 'sft/checkpoint/manifest.json'), 'utf8'));
    const from = inputs.map(({ key }: { key: string }) => key).filter((key: string) => key.includes('iteration-'));
    expect(from).toEqual([`runs/${runIn(store)}/iteration-00000${best - 1}/checkpoint/manifest.json`]);
    expect(await examineRun(createLocalStore(store), runIn(store), 'contents')).toEqual({
      ...{ isFinished: true, damaged: [], stale: [] },
    });

    const later = await riseRun(aConfig(`${name}-later`, pipelined, 3), store);
    const done = later.events.flatMap((event) =>
      event.kind === 'job-finished' && event.takenFrom === undefined ? [`${event.job} ${event.arrayIndex}`] : [],
    );
    expect(done).toEqual(['train-sft 0', 'evaluate 2']);
  },
);
