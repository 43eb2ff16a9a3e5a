import { formatEvent, formatTimeLeft } from '../../../../src/cli/views/progress-format.ts';
import { followStatus, startStatus } from '../../../../src/cli/views/progress-status.ts';
import { createTimeLeft } from '../../../../src/cli/views/progress-time-left.ts';
import { createJsonView } from '../../../../src/cli/views/progress-view.ts';
import type { JobIdentity, RunEvent } from '../../../../src/local/local-home.ts';
import { RunConfig } from '../../../../src/schema/config/run-config.ts';

const optimizer = { learningRate: 1e-5 };
/** Work in sequences: 2 x 40 rolled out and trained on, 10 x 2 diagnosed, 10 learned from, 3 x 30 evaluated. */
const config = RunConfig.parse({
  name: 'demo',
  policy: { model: 'model' },
  data: {
    train: { kind: 'tasks', split: 'train', tiers: { read: 10 }, seed: 1 },
    evaluation: { kind: 'tasks', split: 'evaluation', tiers: { read: 30 }, seed: 1 },
  },
  sampling: {},
  rl: { iterations: 2, promptsPerIteration: 10, groupSize: 4, optimizer },
  diagnosis: { trajectoriesPerPrompt: 2 },
  sft: { epochs: 1, optimizer },
});
const rollOut: JobIdentity = { state: 'Rollout', job: 'rollout', arrayIndex: 0, arraySize: 1 };
const trainRl: JobIdentity = { state: 'TrainRl', job: 'train-rl', arrayIndex: 0, arraySize: 1 };
const finished = (job: JobIdentity, seconds: number, summary = {}): RunEvent => ({
  kind: 'job-finished',
  wasDone: seconds === 0,
  seconds,
  summary,
  ...job,
});
const progress = (done: number, total: number) => ({ stage: 'rollout', done, total, unit: 'completions' });

describe('time left', () => {
  it('is not known before a job has shown its speed', () => {
    expect(createTimeLeft(config).estimate(0)).toBeUndefined();
  });

  it('takes kinds of work not seen yet to be as fast as the others', () => {
    const timeLeft = createTimeLeft(config);
    timeLeft.update(finished(rollOut, 40), 0);
    expect(timeLeft.estimate(0)).toBeCloseTo((40 + 20 + 80 + 10 + 90) * 1);
  });

  it('uses the speed of each kind once seen', () => {
    const timeLeft = createTimeLeft(config);
    timeLeft.update(finished(rollOut, 40), 0);
    timeLeft.update(finished(trainRl, 120), 0);
    expect(timeLeft.estimate(0)).toBeCloseTo(60 * 1 + 40 * 3 + (10 + 90) * 2);
  });

  it('counts what is done before as done but not as fast', () => {
    const timeLeft = createTimeLeft(config);
    timeLeft.update(finished(rollOut, 0), 0);
    expect(timeLeft.estimate(0)).toBeUndefined();
    timeLeft.update(finished(rollOut, 40), 0);
    expect(timeLeft.estimate(0)).toBeCloseTo(20 + 80 + 10 + 90);
  });

  it('counts the share of the running job', () => {
    const timeLeft = createTimeLeft(config);
    timeLeft.update({ kind: 'job-started', attempt: 1, ...rollOut }, 0);
    timeLeft.update({ kind: 'job-progress', ...rollOut, progress: progress(5, 10) }, 0);
    expect(timeLeft.estimate(10_000)).toBeCloseTo((80 + 20 + 80 + 10 + 90 - 20) * 0.5);
  });

  it('counts each of two jobs that run at once', () => {
    const timeLeft = createTimeLeft(config);
    for (const job of [rollOut, trainRl]) {
      timeLeft.update({ kind: 'job-started', attempt: 1, ...job }, 0);
      timeLeft.update({ kind: 'job-progress', ...job, progress: progress(5, 10) }, 0);
    }
    expect(timeLeft.estimate(10_000)).toBeCloseTo((80 + 20 + 80 + 10 + 90 - 40) * 0.5);
  });

  it.each([
    [12, 'about 20 s left'],
    [240, 'about 4 min left'],
    [9000, 'about 2.5 h left'],
  ])('of %d s reads %j', (seconds, text) => expect(formatTimeLeft(seconds)).toBe(text));
});

describe('the log of a run', () => {
  const logOf = (events: RunEvent[]) => {
    let status = startStatus(config);
    return events.flatMap((event) => {
      status = followStatus(status, event);
      return formatEvent(event, status) ?? [];
    });
  };

  it('says iteration, state, time and figures of each job, once', () => {
    const summary = { rewardMean: 0.51234, accuracyMean: 0.25, tokens: 12345, note: 'not a figure', precision: 'bf16' };
    expect(
      logOf([
        { kind: 'state-entered', state: 'Plan', type: 'Task' },
        { kind: 'state-entered', state: 'OneShard', type: 'Choice' },
        { kind: 'state-entered', state: 'TrainRl', type: 'Task' },
        finished(trainRl, 12.34, summary),
        { kind: 'state-exited', state: 'TrainRl', type: 'Task', seconds: 12.4 },
        { kind: 'state-entered', state: 'PlanDiagnosis', type: 'Task' },
        { kind: 'state-exited', state: 'PlanDiagnosis', type: 'Task', seconds: 1.26 },
        finished({ state: 'Evaluate', job: 'evaluate', arrayIndex: 1, arraySize: 3 }, 0, { correct: 3 }),
      ]),
    ).toEqual([
      'iteration 1/2 TrainRl  12.3 s  rewardMean 0.512  accuracyMean 0.250  tokens 12,345  precision bf16',
      'PlanDiagnosis  1.3 s',
      'Evaluate rl  done before  correct 3',
    ]);
  });

  it('names the iteration of each job where two run at once, and says when one goes on', () => {
    const ahead: JobIdentity = { ...rollOut, state: 'RolloutAhead', iteration: 1 };
    const meanwhile: JobIdentity = { ...trainRl, state: 'TrainRlMeanwhile', iteration: 0 };
    expect(
      logOf([
        { kind: 'job-started', attempt: 1, ...meanwhile },
        { kind: 'job-started', attempt: 1, ...ahead },
        { kind: 'job-started', attempt: 2, ...meanwhile },
        finished(ahead, 2),
        finished(meanwhile, 3),
      ]),
    ).toEqual([
      'TrainRlMeanwhile was stopped and goes on, attempt 2',
      'iteration 2/2 RolloutAhead  2.0 s',
      'iteration 1/2 TrainRlMeanwhile  3.0 s',
    ]);
  });

  it('in JSON names errors, which JSON.stringify leaves empty', () => {
    const lines: string[] = [];
    createJsonView((text) => lines.push(text)).onEvent({ kind: 'state-failed', state: 'S', error: new Error('why') });
    expect(JSON.parse(lines[0])).toMatchObject({ kind: 'state-failed', error: { name: 'Error', message: 'why' } });
  });
});
