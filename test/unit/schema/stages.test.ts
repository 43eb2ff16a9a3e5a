import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';
import { type Machine, readDefinition } from '../../../src/local/definition.ts';
import {
  checkpointPrefix,
  configKey,
  iterationName,
  manifestKey,
  offeredWorkKey,
  trainingStatePrefix,
} from '../../../src/schema/keys.ts';
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
  ...{ next: 'train-sft', state: { iteration: 1, shardCount: 2 } },
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

  it.each(STAGE_NAMES.filter((name) => isWork(name) && workOf(name).recipe))(
    '%s may offer its work to other runs, and find theirs',
    (name) => {
      const { access } = stageOf(name);
      for (const patterns of [access.reads, access.writes])
        expect(patterns.some((pattern) => matches(pattern, offeredWorkKey('ab', 'run-1')))).toBe(true);
    },
  );

  it('has RL policies go once nothing needs them, but for those that are kept', () => {
    const { neededUntil, supersedes } = workOf('train-rl');
    const untilOf = (keepCheckpoints: number | 'all', pipelined = false) => {
      const kept = aRunConfig({ rl: { ...config.rl, iterations: 4, pipelined }, compute: { keepCheckpoints } });
      return [0, 1, 2, 3].map((iteration) => {
        const input = { ...asked, iteration } as never;
        const until = neededUntil!(`${checkpointPrefix('run-1', iteration)}model.safetensors`, input, kept);
        const after = [0, 1, 2, 3].filter((later) =>
          supersedes!({ ...asked, iteration: later } as never, kept).includes(checkpointPrefix('run-1', iteration)),
        );
        expect(after.map((later) => checkpointPrefix('run-1', later))).toEqual(until === undefined ? [] : [until]);
        return after[0];
      });
    };
    expect(untilOf('all')).toEqual([undefined, undefined, undefined, undefined]);
    expect(untilOf(1)).toEqual([1, 2, 3, undefined]);
    expect(untilOf(3)).toEqual([1, undefined, undefined, undefined]);
    expect(untilOf(1, true)).toEqual([2, 3, undefined, undefined]);
    expect(neededUntil!(`${trainingStatePrefix('run-1', 1)}x`, asked as never, config)).toBe(
      checkpointPrefix('run-1', 2),
    );
  });

  it('keeps every RL policy that is measured, since any may be the best, and chooses by what they are', () => {
    const rl = { ...config.rl, iterations: 4 };
    const evaluation = { duringRl: { everyIterations: 2, goesOn: 'best' as const } };
    const measuring = aRunConfig({ rl, evaluation, compute: { keepCheckpoints: 1 } });
    const weights = (iteration: number) => `${checkpointPrefix('run-1', iteration)}model.safetensors`;
    const { neededUntil, supersedes } = workOf('train-rl');
    const untils = [0, 1, 2, 3].map((iteration) => {
      return neededUntil!(weights(iteration), { ...asked, iteration } as never, measuring);
    });
    expect(untils).toEqual([checkpointPrefix('run-1', 1), undefined, checkpointPrefix('run-1', 3), undefined]);
    const goes = [1, 2, 3].map((iteration) => supersedes!({ ...asked, iteration } as never, measuring));
    expect(goes).toEqual([[checkpointPrefix('run-1', 0)], [], [checkpointPrefix('run-1', 2)]]);
    const measured = ['runs/run-1/evaluation/iteration-000001/', 'runs/run-1/evaluation/iteration-000003/'];
    const planned = (rollout: string) => workOf('plan').madeFrom({ ...asked, rollout } as never, measuring, 0);
    expect([planned('diagnosis'), planned('iteration')]).toEqual([
      ['runs/run-1/prompts/', ...measured],
      ['runs/run-1/prompts/'],
    ]);
    expect(workOf('report').madeFrom(asked as never, measuring, 0)).toEqual(expect.arrayContaining(measured));
  });

  it('has the policy that samples among what a rollout is made from, but not the base model, which no stage made', () => {
    const sources = (policyVersion: number) =>
      workOf('rollout').madeFrom({ ...asked, policyVersion } as never, config, 0);
    expect(sources(0)).toEqual(['runs/run-1/iteration-000001/plan/']);
    expect(sources(1)).toContain('runs/run-1/iteration-000000/checkpoint/');
  });
});
