import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import { packageRoot } from '../../src/base/package-root.ts';
import type { Machine } from '../../src/local/definition.ts';

const machine: Machine = JSON.parse(readFileSync(join(packageRoot, 'src/local/rise-state-machine.asl.json'), 'utf8'));

export const HISTORY_START = Date.parse('2026-01-05T10:00:00Z');

interface Visit {
  input?: object;
  /** Of a Batch state. */
  jobId?: string;
}

/**
 * Events in the shape that Step Functions documents, for states of the synthesised machine: emulators model neither
 * its Batch states nor its Distributed Maps. Ten seconds lie between two events.
 */
export function aHistory() {
  const events: HistoryEvent[] = [];
  let previousEventId = 0;
  const add = (type: HistoryEventType, details: Partial<HistoryEvent> = {}) => {
    const id = events.length + 1;
    const timestamp = new Date(HISTORY_START + (id - 1) * 10_000);
    events.push({ id, previousEventId, type, timestamp, ...details });
    previousEventId = id;
  };
  const typeOf = (state: string) => machine.States[state].Type as string;
  const isBatch = (state: string) => String(machine.States[state].Resource).includes(':batch:');

  const schedule = (state: string, { jobId = 'job-1' }: Visit) => {
    const resourceType = isBatch(state) ? 'batch' : 'lambda';
    const resource = isBatch(state) ? 'submitJob.sync' : 'invoke';
    add('TaskScheduled', {
      taskScheduledEventDetails: { resourceType, resource, region: 'eu-central-1', parameters: '{}' },
    });
    add('TaskStarted', { taskStartedEventDetails: { resourceType, resource } });
    if (!isBatch(state)) return;
    const output = JSON.stringify({
      JobId: jobId,
      JobName: state,
      JobArn: `arn:aws:batch:eu-central-1:1:job/${jobId}`,
    });
    add('TaskSubmitted', { taskSubmittedEventDetails: { resourceType, resource, output } });
  };
  const history = {
    events,
    /** Enters a state and starts its work. */
    begin(state: string, visit: Visit = {}) {
      const type = typeOf(state);
      const stateEnteredEventDetails = { name: state, input: JSON.stringify(visit.input ?? {}) };
      add(`${type}StateEntered` as HistoryEventType, { stateEnteredEventDetails });
      if (type === 'Task') schedule(state, visit);
      if (type === 'Map') {
        add('MapStateStarted', { mapStateStartedEventDetails: { length: 0 } });
        add('MapRunStarted', {
          mapRunStartedEventDetails: { mapRunArn: `arn:aws:states:eu-central-1:1:mapRun:${state}` },
        });
      }
      return history;
    },
    /** Ends the work and leaves the state. */
    finish(state: string) {
      const type = typeOf(state);
      if (type === 'Task') {
        const resourceType = isBatch(state) ? 'batch' : 'lambda';
        add('TaskSucceeded', { taskSucceededEventDetails: { resourceType, resource: '', output: '{}' } });
      }
      if (type === 'Map') {
        add('MapRunSucceeded');
        add('MapStateSucceeded');
      }
      add(`${type}StateExited` as HistoryEventType, { stateExitedEventDetails: { name: state, output: '{}' } });
      return history;
    },
    visit: (state: string, visit: Visit = {}) => history.begin(state, visit).finish(state),
    /** The task, or the Map, fails; `Catch` takes it out of its state. */
    fail(state: string, error: string, cause: string) {
      if (typeOf(state) === 'Map') {
        add('MapRunFailed', { mapRunFailedEventDetails: { error, cause } });
        add('MapStateFailed');
        add('MapStateExited', { stateExitedEventDetails: { name: state, output: '{}' } });
        return { ...history, retry: () => history, caught: () => history };
      }
      const resourceType = isBatch(state) ? 'batch' : 'lambda';
      add('TaskFailed', { taskFailedEventDetails: { resourceType, resource: '', error, cause } });
      return {
        ...history,
        retry: (visit: Visit = {}) => {
          schedule(state, visit);
          return history;
        },
        caught: () => {
          add('TaskStateExited', { stateExitedEventDetails: { name: state, output: '{}' } });
          return history;
        },
      };
    },
    end(type: 'ExecutionSucceeded' | 'ExecutionFailed' | 'ExecutionAborted') {
      add(type);
      return history;
    },
  };
  add('ExecutionStarted', { executionStartedEventDetails: { input: '{}' } });
  return history;
}

const iteration = (index: number) => ({
  runId: 'r',
  rollout: `iteration-00000${index}`,
  iteration: index,
  nextIteration: index + 1,
  iterations: 2,
});

/** A run of two iterations that samples its second: one iteration is trained. */
export function aRunInItsSecondIteration({ rollout1 = 'rollout-1', train1 = 'train-1', rollout2 = 'rollout-2' } = {}) {
  return aHistory()
    .visit('Validate')
    .visit('MoreIterations', { input: { runId: 'r', nextIteration: 0, iterations: 2 } })
    .visit('Plan', { input: { runId: 'r', nextIteration: 0, iterations: 2 } })
    .visit('OneShard', { input: iteration(0) })
    .visit('RolloutShards', { input: iteration(0), jobId: rollout1 })
    .visit('Score', { input: iteration(0) })
    .visit('TrainRl', { input: iteration(0), jobId: train1 })
    .visit('MoreIterations', { input: iteration(0) })
    .visit('Plan', { input: iteration(0) })
    .begin('RolloutShards', { input: iteration(1), jobId: rollout2 });
}
