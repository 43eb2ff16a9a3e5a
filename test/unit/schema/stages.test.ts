import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { type Machine, readDefinition } from '../../../src/local/definition.ts';
import { configKey, iterationName, manifestKey } from '../../../src/schema/keys.ts';
import {
  FUNCTION_NAMES,
  isWork,
  JOB_NAMES,
  STAGE_NAMES,
  stageOf,
  stateName,
  workOf,
} from '../../../src/schema/stages.ts';
import { JOBS } from '../../../src/stages/jobs.ts';
import { aRunConfig } from '../../support/factories.ts';
import { matches } from '../../support/store-access.ts';

/** Everything that a stage may be asked for. */
const asked = {
  runId: 'run-1',
  configKey: configKey('run-1'),
  ...{
    rollout: iterationName(1),
    iteration: 1,
    policyVersion: 1,
    policyPrefix: 'models/base/',
    shard: 1,
    shardCount: 2,
  },
  ...{ error: 'States.TaskFailed', cause: 'out of memory', executionId: 'execution-1' },
};
const config = aRunConfig({ expert: { maxConsultations: 1 } });
const inputOf = (name: (typeof STAGE_NAMES)[number]) =>
  stageOf(name).input.parse(name === 'plan' ? { ...asked, rollout: 'iteration' } : asked);

const foldersIn = (folder: string) =>
  readdirSync(join(packageRoot, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const statesOf = ({ States }: Machine): string[] =>
  Object.entries(States).flatMap(([name, { Branches = [], ItemProcessor }]) => [
    name,
    ...[...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap(statesOf),
  ]);

describe('the table of stages', () => {
  it('names every stage that there is', () => {
    expect(foldersIn('src/stages').sort()).toEqual([...STAGE_NAMES].sort());
    expect(foldersIn('lambdas').sort()).toEqual([...FUNCTION_NAMES].sort());
    expect(Object.keys(JOBS).sort()).toEqual([...JOB_NAMES].sort());
  });

  it.each(STAGE_NAMES)('%s has a module, a home and a state of its name', (name) => {
    const has = (path: string) => existsSync(join(packageRoot, path));
    expect(has(`src/stages/${name}/run-${name}.ts`)).toBe(true);
    expect(has(`lambdas/${name}/handler.ts`)).toBe(stageOf(name).home === 'lambda');
    expect(statesOf(readDefinition())).toContain(stateName(name));
  });

  it.each(STAGE_NAMES.filter(isWork))('%s may write its manifest, and read those of what it is made from', (name) => {
    const { access, prefix, madeFrom } = workOf(name);
    const isIn = (patterns: readonly string[], key: string) => patterns.some((pattern) => matches(pattern, key));
    for (const index of name === 'evaluate' ? [0, 1, 2] : [1]) {
      expect(isIn(access.writes, manifestKey(prefix(inputOf(name), index)))).toBe(true);
      const sources = madeFrom(inputOf(name), config, index).map(manifestKey);
      expect(sources.filter((key) => !isIn(access.reads, key))).toEqual([]);
      expect(new Set(sources).size).toBe(sources.length);
    }
    expect(isIn(access.reads, asked.configKey)).toBe(true);
  });

  it.each(JOB_NAMES)('%s may write what it keeps while it is not done, and delete it', (name) => {
    const { access, keeps } = workOf(name);
    const folders = keeps!(inputOf(name), config, 1);
    expect(folders.length).toBeGreaterThan(0);
    for (const folder of folders) {
      for (const patterns of [access.reads, access.writes, access.deletes!]) {
        expect(patterns.some((pattern) => matches(pattern, `${folder}file`))).toBe(true);
      }
    }
  });

  it('has the policy that samples among what a rollout is made from, but not the base model, which no stage made', () => {
    const sources = (policyVersion: number) =>
      workOf('rollout').madeFrom({ ...asked, policyVersion } as never, config, 0);
    expect(sources(0)).toEqual(['runs/run-1/iteration-000001/plan/']);
    expect(sources(1)).toContain('runs/run-1/iteration-000000/checkpoint/');
  });
});
