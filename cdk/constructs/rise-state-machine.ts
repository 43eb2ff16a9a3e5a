import { Duration, Stack } from 'aws-cdk-lib';
import type * as batch from 'aws-cdk-lib/aws-batch';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { EVALUATED_POLICIES, type JobName } from '../../src/schema/stage-contracts.ts';
import type { StageFunctionName } from '../stage-function-names.ts';
import { StageFunctionTask, type StageFunctionTaskProps } from './stage-function-task.ts';
import { StageJob } from './stage-job.ts';
import { grantStoreAccess } from './store-access.ts';

const { JsonPath } = sfn;

const MAX_SCORING_CONCURRENCY = 100;
/** Stages that keep what they did when their time is over: another attempt goes on from there. */
const RESUMABLE_STAGES: readonly StageFunctionName[] = ['score'];
const GO_ON: sfn.RetryProps = {
  errors: ['InterruptedError', 'Sandbox.Timedout', sfn.Errors.TIMEOUT],
  interval: Duration.seconds(1),
  backoffRate: 1,
  maxAttempts: 40,
};
/** A judge's endpoint that failed at every try of the stage. */
const ASK_LATER: sfn.RetryProps = {
  errors: ['EndpointError'],
  interval: Duration.seconds(30),
  backoffRate: 2,
  maxAttempts: 3,
};
/** Experts are metered services with request limits. */
const MAX_EXPERT_CONCURRENCY = 8;

export interface RiseStateMachineProps {
  /** Holds every record; the shard lists that the Map states read. */
  readonly dataBucket: s3.IBucket;
  /** One per Lambda stage. */
  readonly stageFunctions: Readonly<Record<StageFunctionName, lambda.IFunction>>;
  /** The image that runs every GPU stage; its command names the stage. */
  readonly gpuJobDefinition: batch.IJobDefinition;
  /** Rollouts and evaluation: interruptible. */
  readonly rolloutQueue: batch.IJobQueue;
  readonly trainingQueue: batch.IJobQueue;
  /** Where the execution history is logged; none when absent. */
  readonly logGroup?: logs.ILogGroup;
}

/** Without CDK's own grant, which is to read the whole bucket. */
class ShardListReader extends sfn.S3JsonItemReader {
  override providePolicyStatements() {
    return [];
  }
}

type TaskPaths = Omit<StageFunctionTaskProps, 'stageFunction'>;

/**
 * The Metis-RISE recipe as one state machine: RL iterations, diagnosis, routing, expert, SFT, evaluation, report.
 * State carries keys and counts only (`stage-contracts.ts`); every task is bounded in time and its failure is recorded.
 */
export class RiseStateMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;
  private readonly props: RiseStateMachineProps;

  constructor(scope: Construct, id: string, props: RiseStateMachineProps) {
    super(scope, id);
    this.props = props;
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
    const moreIterations = new sfn.Choice(this, 'MoreIterations', { comment: 'Another RL iteration, or diagnosis?' });
    const iteration = this.plan('Plan', 'iteration', '$.nextIteration')
      .next(this.rollOutAndScore(''))
      .next(this.trainAndRolloutAhead())
      .next(this.job('TrainRl', 'train-rl', this.props.trainingQueue))
      .next(moreIterations);
    moreIterations
      .when(sfn.Condition.numberLessThanJsonPath('$.nextIteration', '$.iterations'), iteration)
      .otherwise(this.diagnosisToReport());
    return this.stage('Validate', 'validate', {
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
      .branch(this.job('TrainRlMeanwhile', 'train-rl', this.props.trainingQueue))
      .branch(this.plan('PlanAhead', 'iteration', '$.nextIteration').next(this.rollOutAndScore('Ahead')));
    const isPipelined = sfn.Condition.booleanEquals('$.pipelined', true);
    const isNotLast = sfn.Condition.numberLessThanJsonPath('$.nextIteration', '$.iterations');
    return goesAhead
      .when(sfn.Condition.and(isPipelined, isNotLast), ahead.next(goesAhead))
      .afterwards({ includeOtherwise: true });
  }

  private diagnosisToReport(): sfn.Chain {
    const { rolloutQueue, trainingQueue } = this.props;
    return this.plan('PlanDiagnosis', 'diagnosis', '$.iterations')
      .next(this.rollOutAndScore('Diagnosis'))
      .next(this.shardMap('Route', 'RouteShard', 'route', MAX_SCORING_CONCURRENCY))
      .next(this.shardMap('ConsultExpert', 'ConsultExpertShard', 'consult-expert', MAX_EXPERT_CONCURRENCY))
      .next(this.stage('Publish', 'publish', { payload: runPayload(), resultPath: JsonPath.DISCARD }))
      .next(this.job('TrainSft', 'train-sft', trainingQueue))
      .next(this.job('Evaluate', 'evaluate', rolloutQueue, EVALUATED_POLICIES.length))
      .next(this.stage('Report', 'report', { payload: runPayload(), outputPath: '$.Payload' }));
  }

  /** Its output, a `RolloutPlan`, is the state of everything up to the next plan. */
  private plan(id: string, rollout: 'iteration' | 'diagnosis', iterationPath: string): sfn.Chain {
    return sfn.Chain.start(
      this.stage(id, 'plan', {
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

  /** An array job has at least two children, so a single shard takes the plain path. */
  private rollOutAndScore(suffix: '' | 'Ahead' | 'Diagnosis'): sfn.Chain {
    const { rolloutQueue } = this.props;
    const score = this.shardMap(`Score${suffix}`, `ScoreShard${suffix}`, 'score', MAX_SCORING_CONCURRENCY);
    const isOneShard = new sfn.Choice(this, `OneShard${suffix}`, { comment: 'Batch arrays begin at two jobs' });
    isOneShard
      .when(
        sfn.Condition.numberEquals('$.shardCount', 1),
        this.job(`Rollout${suffix}`, 'rollout', rolloutQueue).next(score),
      )
      .otherwise(
        this.job(`RolloutShards${suffix}`, 'rollout', rolloutQueue, JsonPath.numberAt('$.shardCount')).next(score),
      );
    return sfn.Chain.custom(isOneShard, score.endStates, score);
  }

  private stage(id: string, name: StageFunctionName, props: TaskPaths): StageFunctionTask {
    return new StageFunctionTask(this, id, { stageFunction: this.props.stageFunctions[name], ...props });
  }

  private job(id: string, jobName: JobName, jobQueue: batch.IJobQueue, arraySize?: number): StageJob {
    const jobDefinition = this.props.gpuJobDefinition;
    return new StageJob(this, id, { jobName, jobDefinition, jobQueue, arraySize });
  }

  /** One Lambda per shard of the plan. Children return nothing: the results are records on the store. */
  private shardMap(id: string, childId: string, name: StageFunctionName, maxConcurrency: number): sfn.DistributedMap {
    const map = new sfn.DistributedMap(this, id, {
      itemReader: new ShardListReader({
        bucket: this.props.dataBucket,
        key: JsonPath.stringAt('$.shardsKey'),
      }),
      maxConcurrency,
      // An Express child would end after five minutes, a stage may take fifteen.
      mapExecutionType: sfn.StateMachineType.STANDARD,
      resultPath: JsonPath.DISCARD,
    });
    const child = this.stage(childId, name, { outputPath: JsonPath.DISCARD });
    if (RESUMABLE_STAGES.includes(name)) child.addRetry(GO_ON).addRetry(ASK_LATER);
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
    const record = this.stage('RecordFailure', 'record-failure', {
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

function runPayload(): sfn.TaskInput {
  return sfn.TaskInput.fromObject({
    runId: JsonPath.stringAt('$.runId'),
    configKey: JsonPath.stringAt('$.configKey'),
  });
}

/** The Amazon States Language of a machine, as the stack renders it. */
export function definitionOf(machine: RiseStateMachine): unknown {
  const resource = machine.stateMachine.node.defaultChild as sfn.CfnStateMachine;
  return Stack.of(machine).resolve(resource.definitionString);
}
