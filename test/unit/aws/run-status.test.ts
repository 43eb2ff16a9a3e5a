import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describeCause } from '../../../src/aws/describe-cause.ts';
import { createHistoryFollower } from '../../../src/aws/history.ts';
import type { Job } from '../../../src/aws/jobs.ts';
import type { RunStatus } from '../../../src/aws/observe-run.ts';
import { failureOf } from '../../../src/aws/watch-run.ts';
import { renderChanges, renderRun } from '../../../src/cli/views/render-run.ts';
import { aHistory, aRunInItsSecondIteration, HISTORY_START } from '../../support/execution-history.ts';

function follow(events: readonly HistoryEvent[]) {
  const follower = createHistoryFollower();
  for (const event of events) follower.event(event);
  return follower.history();
}

/** A status of the history, each stage with the jobs of the given ids. */
function aStatus({ events }: { events: HistoryEvent[] }, jobs: Job[] = [], fields: Partial<RunStatus> = {}): RunStatus {
  const { stages, iterations } = follow(events);
  return {
    runId: 'r',
    attempt: 1,
    status: 'RUNNING',
    startedAt: new Date(HISTORY_START),
    executionArn: 'arn',
    consoleUrl: 'https://console',
    iterations,
    stages: stages.map(({ jobIds, mapRunArn, ...stage }) => ({
      ...stage,
      jobs: jobs.filter(({ jobId }) => jobIds.includes(jobId)),
    })),
    rewards: [],
    cost: { gpuHours: 0, forgottenJobs: 0 },
    ...fields,
  };
}

const aJob = (fields: Partial<Job> = {}): Job => ({
  jobId: 'rollout-2',
  jobName: 'rollout',
  status: 'PENDING',
  reasons: [],
  hours: 0,
  ...fields,
});

describe('the history of an execution', () => {
  it('tells stages with their iterations, jobs and Map runs; choices are none', () => {
    const { stages, iterations } = follow(aRunInItsSecondIteration().events);
    expect(iterations).toBe(2);
    expect(stages.map(({ state, iteration, status }) => `${state} ${iteration} ${status}`)).toEqual([
      'Validate undefined done',
      'Plan 0 done',
      'RolloutShards 0 done',
      'Score 0 done',
      'TrainRl 0 done',
      'Plan 1 done',
      'RolloutShards 1 running',
    ]);
    expect(stages.flatMap(({ jobIds }) => jobIds)).toEqual(['rollout-1', 'train-1', 'rollout-2']);
    expect(stages[3].mapRunArn).toMatch(/mapRun:Score/);
  });

  it('counts every job of a stage that is tried again, and a stage that then succeeds has not failed', () => {
    const { events } = aHistory()
      .begin('TrainSft', { jobId: 'first' })
      .fail('TrainSft', 'Batch.ServerException', 'busy')
      .retry({ jobId: 'second' })
      .finish('TrainSft');
    const [stage] = follow(events).stages;
    expect(stage).toMatchObject({ status: 'done', jobIds: ['first', 'second'] });
    expect(stage.error).toBeUndefined();
  });

  it('keeps the cause of a failure through the states that record it', () => {
    const cause = JSON.stringify({
      errorType: 'InvalidInputError',
      errorMessage: 'prompts.jsonl:3 has no answer',
      trace: [],
    });
    const history = aHistory().begin('Validate').fail('Validate', 'InvalidInputError', cause).caught();
    const { events } = history.visit('RecordFailure').end('ExecutionFailed');
    expect(failureOf(aStatus({ events }))).toBe('Validate failed: InvalidInputError: prompts.jsonl:3 has no answer');
  });

  it('keeps apart the branches of a parallel state, whose events mix', () => {
    const enter = (id: number, name: string) => ({
      ...{ id, previousEventId: 2, type: 'TaskStateEntered' as const, timestamp: new Date(HISTORY_START) },
      stateEnteredEventDetails: { name, input: '{}' },
    });
    const submit = (id: number, previousEventId: number, JobId: string) => ({
      ...{ id, previousEventId, type: 'TaskSubmitted' as const, timestamp: new Date(HISTORY_START) },
      taskSubmittedEventDetails: { resourceType: 'batch', resource: '', output: JSON.stringify({ JobId }) },
    });
    const events = [enter(3, 'Train'), enter(4, 'Rollout'), submit(5, 3, 'training'), submit(6, 4, 'rollout')];
    const { stages } = follow(events);
    expect(stages.map(({ state, jobIds }) => [state, jobIds])).toEqual([
      ['Train', ['training']],
      ['Rollout', ['rollout']],
    ]);
  });

  it('closes what was going on when the execution was stopped', () => {
    const { stages } = follow(aRunInItsSecondIteration().end('ExecutionAborted').events);
    expect(stages.at(-1)).toMatchObject({ state: 'RolloutShards', status: 'failed', endedAt: expect.any(Date) });
  });
});

describe('the cause of a failed job', () => {
  const job = {
    JobName: 'train-sft',
    StatusReason: 'Essential container in task exited',
    Attempts: [{ Container: {} }, { Container: { ExitCode: 137, Reason: 'OutOfMemoryError: killed' } }],
  };
  it.each([
    [
      JSON.stringify(job),
      'job train-sft: Essential container in task exited, exit code 137, OutOfMemoryError: killed, 2 attempts',
    ],
    [JSON.stringify({ JobName: 'rollout' }), 'job rollout: no reason given'],
    ['plain words', 'plain words'],
    ['{"other":1}', '{"other":1}'],
    [undefined, 'no cause given'],
  ])('%s', (cause, expected) => expect(describeCause(cause)).toBe(expected));
});

describe('the status of a run', () => {
  const waiting = aJob({
    children: { RUNNING: 1, RUNNABLE: 3 },
    reasons: ['CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - no g6e.4xlarge'],
  });
  const rewards = [
    { iteration: 0, rewardMean: 0.25, accuracyMean: 0.2 },
    { iteration: 1, rewardMean: 0.5, accuracyMean: 0.45 },
  ];

  it('shows the last stages, what jobs wait for, reward and cost', () => {
    const cost = { gpuHours: 1.5, usd: 2.25, forgottenJobs: 1 };
    const run = aStatus(aRunInItsSecondIteration(), [waiting], { attempt: 2, rewards, cost });
    expect(renderRun(run, HISTORY_START + 3_725_000)).toBe(
      [
        'run r  attempt 2  RUNNING  1:02:05',
        '  ... 1 before',
        '  iteration 1/2 Plan  done  0:40',
        '  iteration 1/2 RolloutShards  done  0:50',
        '  iteration 1/2 Score  done  0:50',
        '  iteration 1/2 TrainRl  done  0:50',
        '  iteration 2/2 Plan  done  0:40',
        '  iteration 2/2 RolloutShards  55:25',
        '    job rollout rollout-2  1 RUNNING, 3 RUNNABLE',
        '      waits: CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - no g6e.4xlarge',
        'reward   iteration 2: reward 0.500  accuracy 0.450  (iteration 1: 0.250)',
        'cost     1.50 GPU-hours, about 2.25 USD; jobs that Batch no longer knows: 1',
        'console  https://console',
      ].join('\n'),
    );
  });

  it('tells in a log only what has changed, and time passing is no change', () => {
    const before = aStatus(aRunInItsSecondIteration(), [waiting], { rewards: rewards.slice(0, 1) });
    expect(renderChanges(before, { ...before, cost: { ...before.cost, gpuHours: 9 } }, HISTORY_START)).toEqual([]);
    const started = { ...waiting, children: { RUNNING: 4 }, reasons: [], hours: 1 };
    const after = aStatus(aRunInItsSecondIteration(), [started], { rewards });
    expect(renderChanges(before, after, HISTORY_START + 450_000)).toEqual([
      '  iteration 2/2 RolloutShards  0:50',
      '    job rollout rollout-2  4 RUNNING',
      'iteration 2  reward 0.500  accuracy 0.450',
    ]);
  });
});
