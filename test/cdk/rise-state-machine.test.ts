import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import aslValidator from 'asl-validator';
import { synthesiseLocalDefinition } from '../../cdk/local-definition.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import { adaptDefinition } from '../../src/local/adapt-definition.ts';
import { type Machine, readDefinition, type State } from '../../src/local/definition.ts';

const definition = readDefinition();
const allStates = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.ItemProcessor ? allStates(state.ItemProcessor) : []),
    ...(state.Branches ?? []).flatMap(allStates),
  ]);
const tasks = allStates(definition).filter(([, { Type }]) => Type === 'Task');
const isJob = ([, { Resource }]: [string, State]) => Resource === 'arn:aws:states:::batch:submitJob.sync';
const childrenOf = (state: State): [string, State][] => [
  ...(state.ItemProcessor ? allStates(state.ItemProcessor) : []),
  ...(state.Branches ?? []).flatMap((branch) => Object.values(branch.States).flatMap(childrenOf)),
];
const queueOf = (state: State) => (state.Parameters as { JobQueue: string }).JobQueue;

/** The states from one to the next, always by the last choice of a Choice. */
function pathFrom(start: string): string[] {
  const path: string[] = [];
  for (let name: string | undefined = start; name && !path.includes(name); ) {
    path.push(name);
    const { Default, Next } = definition.States[name] as { Default?: string; Next?: string };
    name = Default ?? Next;
  }
  return path;
}

interface Retrier {
  ErrorEquals: string[];
  /** Waits in seconds. */
  IntervalSeconds: number;
  BackoffRate: number;
  MaxAttempts: number;
  MaxDelaySeconds: number;
}

/** Of a choice: another iteration. */
const another = { Variable: '$.nextIteration', NumericLessThanPath: '$.iterations', Next: 'Plan' };

describe('the state machine that runs locally', () => {
  it('is the one the construct synthesises (else: npm run synth)', () => {
    const file = readFileSync(join(packageRoot, 'src/local/rise-state-machine.asl.json'), 'utf8');
    expect(file).toBe(`${JSON.stringify(synthesiseLocalDefinition(), null, 2)}\n`);
  });

  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = aslValidator(definition, { checkPaths: true, checkArn: true });
    expect(isValid ? '' : errorsText('\n')).toBe('');
  });

  it('is one that the local runner takes', () => {
    expect(adaptDefinition(definition as Machine).tasks).toHaveLength(tasks.length + 5);
  });

  it('follows the recipe', () => {
    expect(pathFrom('Validate')).toEqual([
      'Validate',
      'MoreIterations',
      'PlanDiagnosis',
      'CheckBudgetDiagnosis',
      'WithinBudgetDiagnosis',
      'OneShardDiagnosis',
      'RolloutShardsDiagnosis',
      'ScoreDiagnosis',
      'Route',
      'CheckBudgetExpert',
      'WithinBudgetExpert',
      'ExpertIsPolicy',
      'ConsultExpert',
      'Publish',
      'CheckBudgetSft',
      'WithinBudgetSft',
      'TrainSft',
      'CheckBudgetEvaluation',
      'WithinBudgetEvaluation',
      'Evaluate',
      'Report',
    ]);
    expect(pathFrom('Plan').slice(0, 9)).toEqual([
      'Plan',
      'CheckBudget',
      'WithinBudget',
      'OneShard',
      'RolloutShards',
      'Score',
      'GoesAhead',
      'TrainRl',
      'MoreIterations',
    ]);
    expect(definition.States.MoreIterations.Choices).toContainEqual(another);
    expect(definition.States.MoreIterations.Default).toBe('PlanDiagnosis');
  });

  it('measures the policy after an iteration whose plan says so, and goes on as ever', () => {
    const { MoreIterations, EvaluateIteration, MoreIterationsWhenMeasured, Rollout } = definition.States;
    const isMeasured = { Variable: '$.measured', IsPresent: true, Next: 'EvaluateIteration' };
    expect(MoreIterations.Choices).toEqual([isMeasured, another]);
    expect([queueOf(EvaluateIteration), EvaluateIteration.Next]).toEqual([
      queueOf(Rollout),
      'MoreIterationsWhenMeasured',
    ]);
    expect(MoreIterationsWhenMeasured).toMatchObject({ Choices: [another], Default: 'PlanDiagnosis' });
  });

  it('has a job sample what the expert says, where that is a model of our own engine', () => {
    const { ExpertIsPolicy, OneShardExpert, SampleExpert, SampleExpertShards, Rollout } = definition.States;
    expect(ExpertIsPolicy.Choices).toEqual([{ Variable: '$.expertModel', IsPresent: true, Next: 'OneShardExpert' }]);
    expect(OneShardExpert).toMatchObject({ Default: 'SampleExpertShards' });
    for (const job of [SampleExpert, SampleExpertShards]) {
      expect([queueOf(job), job.Next]).toEqual([queueOf(Rollout), 'ConsultExpert']);
    }
  });

  it('samples the next rollout while it trains, where a run is pipelined and another rollout is due', () => {
    const { GoesAhead, TrainAndRolloutAhead } = definition.States;
    expect(GoesAhead.Choices).toEqual([
      {
        And: [
          { Variable: '$.pipelined', BooleanEquals: true },
          { Variable: '$.nextIteration', NumericLessThanPath: '$.iterations' },
        ],
        Next: 'CheckBudgetAhead',
      },
    ]);
    expect(definition.States.WithinBudgetAhead.Default).toBe('TrainAndRolloutAhead');
    // The plan of the next rollout is the state from there on: what the second branch ends with.
    expect(TrainAndRolloutAhead).toMatchObject({ Type: 'Parallel', OutputPath: '$[1]', Next: 'GoesAhead' });
    expect(TrainAndRolloutAhead.Branches?.map(({ StartAt }) => StartAt)).toEqual(['TrainRlMeanwhile', 'PlanAhead']);
    const jobs = TrainAndRolloutAhead.Branches?.map((branch) => allStates(branch).filter(isJob));
    const queues = jobs?.map((branch) => [...new Set(branch.map(([, state]) => queueOf(state)))]);
    const { TrainRl, Rollout } = definition.States;
    // What is trained meanwhile is measured there, where its plan says so.
    expect(queues).toEqual([[queueOf(TrainRl), queueOf(Rollout)], [queueOf(Rollout)]]);
    expect(TrainAndRolloutAhead.Branches?.[0].States.IsMeasuredMeanwhile).toMatchObject({
      Choices: [{ Variable: '$.measured', IsPresent: true, Next: 'EvaluateIterationMeanwhile' }],
      Default: 'NotMeasuredMeanwhile',
    });
  });

  it.each(tasks)('bounds %s in time', (_, { TimeoutSeconds }) => {
    expect(TimeoutSeconds).toBeGreaterThan(0);
  });

  it.each(tasks.filter(isJob))(
    'bounds each attempt of %s below the whole of it',
    (_, { Parameters, TimeoutSeconds }) => {
      const { Timeout } = Parameters as { Timeout: { AttemptDurationSeconds: number } };
      expect(Timeout.AttemptDurationSeconds).toBeGreaterThan(0);
      expect(Timeout.AttemptDurationSeconds).toBeLessThan(TimeoutSeconds!);
    },
  );

  it.each(Object.values(definition.States).flatMap(childrenOf))(
    'bounds %s, the child of a Map, a minute beyond the longest that a Lambda may take',
    (_, { TimeoutSeconds }) => {
      expect(TimeoutSeconds).toBe(960);
    },
  );

  it('asks for no heartbeat, which neither a Lambda nor a job in a queue could send', () => {
    expect(tasks.filter(([, state]) => 'HeartbeatSeconds' in state)).toEqual([]);
  });

  it.each(tasks.filter(isJob))('leaves the retries of %s to the job definition, but for throttling', (_, state) => {
    expect(state.Retry).toEqual([
      expect.objectContaining({ ErrorEquals: ['Batch.ServerException', 'Batch.TooManyRequestsException'] }),
    ]);
    expect(state.Parameters).not.toHaveProperty('RetryStrategy');
  });

  it.each(tasks.filter(([, { Resource }]) => Resource?.endsWith('lambda:invoke')))(
    'waits for a quarter of an hour and more when Lambda throttles %s, as in an account of ten calls at once',
    (_, { Retry }) => {
      const [retrier] = (Retry as Retrier[]).filter(({ ErrorEquals }) =>
        ErrorEquals.includes('Lambda.TooManyRequestsException'),
      );
      const { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds } = retrier;
      const longest = Array.from({ length: MaxAttempts }, (_, attempt) =>
        Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds),
      );
      // Full jitter: half of the longest, on the average.
      expect(longest.reduce((sum, seconds) => sum + seconds) / 2).toBeGreaterThan(15 * 60);
    },
  );

  const isGuarded = ([, { Type }]: [string, State]) => ['Task', 'Map', 'Parallel'].includes(Type);
  it.each(Object.entries(definition.States).filter(isGuarded))('records the failure of %s', (name, { Catch }) => {
    const next = name === 'RecordFailure' ? 'RunFailed' : 'RecordFailure';
    expect(Catch).toEqual([expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: next })]);
  });

  it.each(tasks.filter(([name]) => name.startsWith('Rollout')))(
    'runs %s as an array only when there are several shards',
    (name, { Parameters }) => {
      const array = (Parameters as { ArrayProperties?: object }).ArrayProperties;
      expect(array).toEqual(name.startsWith('RolloutShards') ? { 'Size.$': '$.shardCount' } : undefined);
    },
  );
});
