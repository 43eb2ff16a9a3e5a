import { Duration, Stack } from 'aws-cdk-lib';
import type * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EVALUATED_POLICIES } from '../../src/schema/evaluated-policies.ts';
import type { JobQueue } from '../../src/schema/stage.ts';
import type { Budgeted } from '../../src/schema/stage-inputs.ts';
import { type FunctionName, type JobName, limitsOf, STAGES, stateName } from '../../src/schema/stages.ts';
import { StageFunctionTask, type StageFunctionTaskProps } from './stage-function-task.ts';
import { type JobInput, StageJob } from './stage-job.ts';
import { grantStoreAccess } from './store-access.ts';

const { JsonPath } = sfn;

/** Retries of a stage that keeps what it did when its time is over. */
const GO_ON: sfn.RetryProps = {
  errors: ['InterruptedError', 'Sandbox.Timedout', sfn.Errors.TIMEOUT],
  interval: Duration.seconds(1),
  backoffRate: 1,
  maxAttempts: 40,
};
/** An endpoint, of a judge or an expert, that failed at every try of the stage. */
const ASK_LATER: sfn.RetryProps = {
  errors: ['EndpointError'],
  interval: Duration.seconds(30),
  backoffRate: 2,
  maxAttempts: 3,
};

export interface RiseStateMachineProps {
  /** Holds every record; the shard lists that the Map states read. */
  readonly dataBucket: s3.IBucket;
  /** One per Lambda stage. */
  readonly stageFunctions: Readonly<Record<FunctionName, lambda.IFunction>>;
  /** The image that runs every GPU stage, whose command names the stage, with what a job of the queue may use. */
  readonly jobDefinitions: Readonly<Record<JobQueue, batch.IJobDefinition>>;
  readonly jobQueues: Readonly<Record<JobQueue, batch.IJobQueue>>;
  readonly jobInput: JobInput;
  /** Where the execution history is logged; none when absent. */
  readonly logGroup?: logs.ILogGroup;
}

/** A reader without CDK's own grant, which is to read the whole bucket. */
class ShardListReader extends sfn.S3JsonItemReader {
  override providePolicyStatements() {
    return [];
  }
}

/** Of a plan: that of an iteration whose policy is measured. */
const isMeasured = sfn.Condition.isPresent('$.measured');

/** What tells apart the states of a stage that the recipe comes to more than once. */
type Suffix = '' | 'Ahead' | 'Diagnosis';

type TaskPaths = Omit<StageFunctionTaskProps, 'stageFunction'>;

/**
 * The Metis-RISE recipe as one state machine: RL iterations, diagnosis, routing, expert, SFT, evaluation, report.
 * State carries keys and counts only (`stage-inputs.ts`); every task is bounded in time and its failure is recorded.
 */
export class RiseStateMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;
  private readonly props: RiseStateMachineProps;
  private readonly stoppedByBudget: sfn.Succeed;

  constructor(scope: Construct, id: string, props: RiseStateMachineProps) {
    super(scope, id);
    this.props = props;
    this.stoppedByBudget = new sfn.Succeed(this, 'StoppedByBudget', { comment: 'To be resumed with a larger budget' });
    const recipe = this.recipe();
    this.recordFailuresOf(recipe.startState);
    const { dataBucket, logGroup } = props;
    this.stateMachine = new sfn.StateMachine(this, 'Resource', {
      definitionBody: sfn.DefinitionBody.fromChainable(recipe),
      comment: 'Metis-RISE: reinforcement learning incentivizes, supervised fine-tuning enhances',
      tracingEnabled: true,
      ...(logGroup && { logs: { destination: logGroup, level: sfn.LogLevel.ALL } }),
    });
    grantStoreAccess(dataBucket, this.stateMachine.role, { reads: ['runs/*/plan/*'], writes: [] });
    this.grantJobControl();
  }

  /** CDK's own grant is to submit. Without these, stopping an execution would leave its GPU jobs running. */
  private grantJobControl(): void {
    const job = Stack.of(this).formatArn({ service: 'batch', resource: 'job', resourceName: '*' });
    for (const [action, resource] of [
      ['batch:DescribeJobs', '*'],
      ['batch:TerminateJob', job],
    ]) {
      this.stateMachine.addToRolePolicy(new iam.PolicyStatement({ actions: [action], resources: [resource] }));
    }
  }

  private recipe(): sfn.IChainable {
    const moreIterations = new sfn.Choice(this, 'MoreIterations', {
      comment: 'Measure the policy, another RL iteration, or diagnosis?',
    });
    const iteration = this.plan('', 'iteration', '$.nextIteration')
      .next(this.withinBudget('iteration', '', this.rollOutAndScore('').next(this.trainAndRolloutAhead())))
      .next(this.job('train-rl'))
      .next(moreIterations);
    const isNotLast = sfn.Condition.numberLessThanJsonPath('$.nextIteration', '$.iterations');
    const diagnosis = this.diagnosisToReport();
    const moreWhenMeasured = new sfn.Choice(this, 'MoreIterationsWhenMeasured', {
      comment: 'Another RL iteration, or diagnosis?',
    })
      .when(isNotLast, iteration)
      .otherwise(diagnosis);
    moreIterations
      .when(isMeasured, this.job('evaluate-iteration').next(moreWhenMeasured))
      .when(isNotLast, iteration)
      .otherwise(diagnosis);
    return this.stage('validate', '', {
      payload: sfn.TaskInput.fromJsonPathAt('$'),
      outputPath: '$.Payload',
    }).next(moreIterations);
  }

  /**
   * The pipelined part of an iteration: as long as there is another rollout to sample, it is sampled, with the policy as it
   * is, while that policy is trained. The state then is the next rollout's plan.
   */
  private trainAndRolloutAhead(): sfn.Chain {
    const goesAhead = new sfn.Choice(this, 'GoesAhead', { comment: 'Sample the next rollout while training?' });
    const ahead = new sfn.Parallel(this, 'TrainAndRolloutAhead', { outputPath: '$[1]' })
      .branch(this.job('train-rl', 'Meanwhile').next(this.measured('Meanwhile')))
      .branch(this.plan('Ahead', 'iteration', '$.nextIteration').next(this.rollOutAndScore('Ahead')));
    const isPipelined = sfn.Condition.booleanEquals('$.pipelined', true);
    const isNotLast = sfn.Condition.numberLessThanJsonPath('$.nextIteration', '$.iterations');
    return goesAhead
      .when(
        sfn.Condition.and(isPipelined, isNotLast),
        this.withinBudget('iteration-ahead', 'Ahead', ahead.next(goesAhead)),
      )
      .afterwards({ includeOtherwise: true });
  }

  /** Measures the policy that was trained, where its plan says so. */
  private measured(suffix: string): sfn.Choice {
    return new sfn.Choice(this, `IsMeasured${suffix}`, { comment: 'Measure the policy?' })
      .when(isMeasured, this.job('evaluate-iteration', suffix))
      .otherwise(new sfn.Succeed(this, `NotMeasured${suffix}`));
  }

  /**
   * What comes next, where the run's budget has room for it; else the execution ends well, with the reason as its output.
   */
  private withinBudget(next: Budgeted, suffix: string, chain: sfn.IChainable): sfn.Chain {
    const check = this.stage('check-budget', suffix, {
      payload: sfn.TaskInput.fromObject({
        runId: JsonPath.stringAt('$.runId'),
        configKey: JsonPath.stringAt('$.configKey'),
        next,
        state: JsonPath.objectAt('$'),
      }),
      outputPath: '$.Payload',
    });
    const isWithin = new sfn.Choice(this, `WithinBudget${suffix}`, { comment: 'Room for what comes next?' })
      .when(sfn.Condition.isPresent('$.stopped'), this.stoppedByBudget)
      .otherwise(chain);
    return sfn.Chain.custom(check, chain.endStates, check.next(isWithin));
  }

  private diagnosisToReport(): sfn.Chain {
    return this.plan('Diagnosis', 'diagnosis', '$.iterations')
      .next(this.withinBudget('diagnosis', 'Diagnosis', this.rollOutAndScore('Diagnosis')))
      .next(this.shardMap('route'))
      .next(this.withinBudget('consult-expert', 'Expert', this.consultExpert()))
      .next(this.stage('publish', '', { payload: diagnosedRun(), resultPath: JsonPath.DISCARD }))
      .next(this.withinBudget('train-sft', 'Sft', this.job('train-sft')))
      .next(this.withinBudget('evaluate', 'Evaluation', this.job('evaluate', '', EVALUATED_POLICIES.length)))
      .next(this.stage('report', '', { payload: diagnosedRun(), outputPath: '$.Payload' }));
  }

  /** Its output, a `RolloutPlan`, is the state of everything up to the next plan. */
  private plan(suffix: Suffix, rollout: 'iteration' | 'diagnosis', iterationPath: string): sfn.Chain {
    return sfn.Chain.start(
      this.stage('plan', suffix, {
        payload: sfn.TaskInput.fromObject({
          runId: JsonPath.stringAt('$.runId'),
          configKey: JsonPath.stringAt('$.configKey'),
          rollout,
          iteration: JsonPath.numberAt(iterationPath),
        }),
        outputPath: '$.Payload',
      }),
    );
  }

  private rollOutAndScore(suffix: Suffix): sfn.Chain {
    const score = this.shardMap('score', suffix);
    return sfn.Chain.custom(this.onShards('rollout', suffix, suffix, score), score.endStates, score);
  }

  /** What an expert on our own engine says, a job samples before it is verified, as every expert's answers are. */
  private consultExpert(): sfn.Chain {
    const consult = this.shardMap('consult-expert');
    const isSampled = new sfn.Choice(this, 'ExpertIsPolicy', { comment: 'Is the expert a model that a job samples?' });
    isSampled
      .when(sfn.Condition.isPresent('$.expertModel'), this.onShards('sample-expert', '', 'Expert', consult))
      .otherwise(consult);
    return sfn.Chain.custom(isSampled, consult.endStates, consult);
  }

  /** A job's child for each shard, then `next`. An array has at least two children, so a single shard takes the plain path. */
  private onShards(name: JobName, suffix: Suffix, choiceSuffix: Suffix | 'Expert', next: sfn.IChainable): sfn.Choice {
    const isOneShard = new sfn.Choice(this, `OneShard${choiceSuffix}`, { comment: 'Batch arrays begin at two jobs' });
    return isOneShard
      .when(sfn.Condition.numberEquals('$.shardCount', 1), this.job(name, suffix).next(next))
      .otherwise(this.job(name, `Shards${suffix}`, JsonPath.numberAt('$.shardCount')).next(next));
  }

  private stage(name: FunctionName, suffix: string, props: TaskPaths): StageFunctionTask {
    const stageFunction = this.props.stageFunctions[name];
    return new StageFunctionTask(this, stateName(name, suffix), { stageFunction, ...props });
  }

  private job(jobName: JobName, suffix = '', arraySize?: number): StageJob {
    const { jobDefinitions, jobQueues, jobInput } = this.props;
    const { queue } = STAGES[jobName];
    const on = { jobDefinition: jobDefinitions[queue], jobQueue: jobQueues[queue] };
    return new StageJob(this, stateName(jobName, suffix), { jobName, ...on, jobInput, arraySize });
  }

  /** One Lambda per shard of the plan. Children return nothing: the results are records on the store. */
  private shardMap(name: FunctionName, suffix: Suffix = ''): sfn.DistributedMap {
    const { concurrency: maxConcurrency, nextAttempt } = limitsOf(name);
    const map = new sfn.DistributedMap(this, stateName(name, suffix), {
      itemReader: new ShardListReader({
        bucket: this.props.dataBucket,
        key: JsonPath.stringAt('$.shardsKey'),
      }),
      maxConcurrency,
      // An Express child would end after five minutes, a stage may take fifteen.
      mapExecutionType: sfn.StateMachineType.STANDARD,
      resultPath: JsonPath.DISCARD,
    });
    const child = this.stage(name, `Shard${suffix}`, { outputPath: JsonPath.DISCARD });
    if (nextAttempt === 'goes-on') child.addRetry(GO_ON).addRetry(ASK_LATER);
    map.itemProcessor(child);
    return map;
  }

  /** Catches what fails in any state; a state within a Parallel or a Map fails through it. */
  private recordFailuresOf(start: sfn.State): void {
    const states = sfn.State.findReachableStates(start);
    const recordFailure = this.failurePath();
    for (const state of states) {
      if (state instanceof sfn.TaskStateBase || state instanceof sfn.DistributedMap || state instanceof sfn.Parallel) {
        state.addCatch(recordFailure, { errors: [sfn.Errors.ALL], resultPath: '$.error' });
      }
    }
  }

  /** Writes down what failed, then fails under a name of its own: no Fail state may bear one of Step Functions' own. */
  private failurePath(): sfn.IChainable {
    const failed = new sfn.Fail(this, 'RunFailed', {
      error: 'RunFailed',
      causePath: JsonPath.stringAt('$.error.Cause'),
    });
    const record = this.stage('record-failure', '', {
      payload: sfn.TaskInput.fromObject({
        runId: JsonPath.stringAt('$.runId'),
        configKey: JsonPath.stringAt('$.configKey'),
        error: JsonPath.stringAt('$.error.Error'),
        cause: JsonPath.stringAt('$.error.Cause'),
        executionId: JsonPath.stringAt('$$.Execution.Id'),
      }),
      resultPath: JsonPath.DISCARD,
    });
    // The first error is the one to see, even when recording it fails too.
    record.addCatch(failed, { errors: [sfn.Errors.ALL], resultPath: JsonPath.DISCARD });
    return record.next(failed);
  }
}

/** `DiagnosedRun`, of the state that is the diagnosis' plan. */
function diagnosedRun(): sfn.TaskInput {
  return sfn.TaskInput.fromObject({
    runId: JsonPath.stringAt('$.runId'),
    configKey: JsonPath.stringAt('$.configKey'),
    shardCount: JsonPath.numberAt('$.shardCount'),
  });
}

/** The Amazon States Language of a machine, as the stack renders it. */
export function definitionOf(machine: RiseStateMachine): unknown {
  const resource = machine.stateMachine.node.defaultChild as sfn.CfnStateMachine;
  return Stack.of(machine).resolve(resource.definitionString);
}
