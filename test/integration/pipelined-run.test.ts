import type { ChildProcess } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';
import { iterationName, recordsKey, trajectoriesPrefix } from '../../src/schema/keys.ts';
import { Trajectory } from '../../src/schema/trajectory.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { readRecords } from '../../src/store/records.ts';
import { killGroup, type PrintedEvent, readManifests, riseRun } from '../support/rise-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

const folder = aTemporaryFolder();

function aConfig(pipelined: boolean): string {
  const path = join(folder, `${pipelined}.yaml`);
  writeFileSync(
    path,
    `
name: overlap
seed: 3
policy: { model: ${join(packageRoot, 'models/rise-tiny')} }
data:
  train: { kind: tasks, split: train, seed: 1, tiers: { sum: 6 } }
  evaluation: { kind: tasks, split: evaluation, seed: 1, tiers: { read: 2 } }
sampling: { maxNewTokens: 24 }
rl: { pipelined: ${pipelined}, iterations: 2, promptsPerIteration: 3, groupSize: 4, stepsPerIteration: 2, microBatchSequences: 4, optimizer: { learningRate: 1.0e-4 } }
diagnosis: { prompts: 2, trajectoriesPerPrompt: 2 }
sft: { epochs: 1, sequencesPerStep: 4, optimizer: { learningRate: 1.0e-4 } }
evaluation: { sampling: { maxNewTokens: 8 } }
compute: { checkpointSeconds: 0, decodeBatchSequences: 8 }
`,
  );
  return path;
}

const statesOf = (events: PrintedEvent[], kind: PrintedEvent['kind']) =>
  events.flatMap((event) => (event.kind === kind && 'state' in event ? event.state : []));

const entersDiagnosis = (event: PrintedEvent) => event.kind === 'state-entered' && event.state === 'PlanDiagnosis';

/** From there on the two modes are one. */
function killBeforeDiagnosis(event: PrintedEvent, child: ChildProcess): void {
  if (entersDiagnosis(event)) killGroup(child);
}

/** On a busy machine the run prints more before the kill reaches it. */
const untilDiagnosis = (events: PrintedEvent[]) => events.slice(0, events.findIndex(entersDiagnosis) + 1);

const iterationManifests = (storeFolder: string) =>
  [...readManifests(storeFolder)].filter(([key]) => key.includes('iteration-'));

async function policyVersions(storeFolder: string): Promise<number[]> {
  const store = createLocalStore(storeFolder);
  const [runId] = readdirSync(join(storeFolder, 'runs'));
  const rollouts = [0, 1].map((iteration) => recordsKey(trajectoriesPrefix(runId, iterationName(iteration), 0)));
  const trajectories = await Promise.all(rollouts.map((key) => readRecords(store, key, Trajectory)));
  return trajectories.map(([{ policyVersion }]) => policyVersion);
}

jest.setTimeout(1_200_000);

describe('a run', () => {
  it('that is not pipelined samples with the policy it has just trained', async () => {
    const store = join(folder, 'serial');
    const ended = await riseRun(aConfig(false), store, killBeforeDiagnosis);
    const jobs = statesOf(untilDiagnosis(ended.events), 'job-started');
    expect(jobs).toEqual(['Rollout', 'TrainRl', 'Rollout', 'TrainRl']);
    expect(await policyVersions(store)).toEqual([0, 1]);
  });

  it('that is pipelined samples the next rollout while it trains, and ends the same when it is killed there', async () => {
    const [store, killed] = [join(folder, 'pipelined'), join(folder, 'killed')];
    const events = untilDiagnosis((await riseRun(aConfig(true), store, killBeforeDiagnosis)).events);
    const entered = statesOf(events, 'state-entered');
    expect(
      entered
        .slice(entered.indexOf('TrainAndRolloutAhead') + 1)
        .slice(0, 2)
        .sort(),
    ).toEqual(['PlanAhead', 'TrainRlMeanwhile']);
    const jobs = statesOf(events, 'job-started');
    expect([jobs[0], jobs.slice(1, 3).sort(), jobs.slice(3)]).toEqual([
      'Rollout',
      ['RolloutAhead', 'TrainRlMeanwhile'],
      ['TrainRl'],
    ]);
    expect(entered.at(-1)).toBe('PlanDiagnosis');
    expect(await policyVersions(store)).toEqual([0, 0]);

    const ended = await riseRun(aConfig(true), killed, (event, child) => {
      if (event.kind === 'job-progress' && event.state === 'RolloutAhead') killGroup(child);
    });
    expect(ended.code).toBe(null);
    await riseRun(aConfig(true), killed, killBeforeDiagnosis);
    const manifests = iterationManifests(killed);
    expect(manifests).toHaveLength(2 * ['plan', 'trajectories', 'scores', 'checkpoint'].length);
    expect(manifests).toEqual(iterationManifests(store));
  });
});
