import { Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { SecurityChecks } from '../../cdk/security-checks.ts';
import * as keys from '../../src/schema/keys.ts';
import { FUNCTION_NAMES, type FunctionName, JOB_ACCESS, STAGES, stageOf } from '../../src/schema/stages.ts';
import { matches } from '../support/store-access.ts';
import { anApp, roleStatements, synthesise } from './support/stacks.ts';

const { app, data, pipeline } = synthesise();
const statements = [...roleStatements(data), ...roleStatements(pipeline)];

const WRITE_LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const USE_STORE = ['kms:Decrypt', 'kms:GenerateDataKey', 's3:AbortMultipartUpload', 's3:GetObject', 's3:ListBucket'];
const READ_PLANS = ['kms:Decrypt', 's3:GetObject', 's3:ListBucket'];
const PULL_IMAGE = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetAuthorizationToken',
  'ecr:GetDownloadUrlForLayer',
];
/** The ECS agent's: no image of another repository, no log. */
const JOIN_CLUSTER = [
  'ec2:DescribeTags',
  ...['ecs:DeregisterContainerInstance', 'ecs:DiscoverPollEndpoint', 'ecs:Poll', 'ecs:RegisterContainerInstance'],
  ...['ecs:StartTelemetrySession', 'ecs:SubmitAttachmentStateChanges', 'ecs:SubmitContainerStateChange'],
  ...['ecs:SubmitTaskStateChange', 'ecs:TagResource', 'ecs:UpdateContainerInstancesState'],
];

/** Every action of every role, by the beginning of the role's logical id. */
const ALLOWED: [role: string, actions: string[]][] = [
  ...FUNCTION_NAMES.map((name): [string, string[]] => [
    `${name.replace('-', '')}Role`,
    [...WRITE_LOG, ...USE_STORE, 's3:PutObject'],
  ]),
  // Besides what every stage may do.
  ['scoreRole', ['s3:DeleteObject']],
  ['GpuWorkerJobRole', [...USE_STORE, 's3:PutObject', 's3:DeleteObject']],
  [
    'ImageBuildRole',
    [
      ...WRITE_LOG,
      ...PULL_IMAGE,
      ...['kms:Decrypt', 's3:GetObject', 's3:ListBucket'],
      ...['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'],
    ],
  ],
  ['GpuWorkerExecutionRole', [...WRITE_LOG, ...PULL_IMAGE]],
  ...['Rollout', 'Training'].map((queue): [string, string[]] => [`${queue}QueueHostsInstanceRole`, JOIN_CLUSTER]),
  [
    'StateMachineRole',
    [
      ...READ_PLANS,
      'lambda:InvokeFunction',
      ...['batch:DescribeJobs', 'batch:SubmitJob', 'batch:TerminateJob'],
      ...['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      ...['states:DescribeExecution', 'states:RedriveExecution', 'states:StartExecution', 'states:StopExecution'],
      ...[
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeLogGroups',
        'logs:DescribeResourcePolicies',
      ],
      ...['logs:GetLogDelivery', 'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:UpdateLogDelivery'],
      ...['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    ],
  ],
  ['NetworkVpcRejectedIAMRole', [...WRITE_LOG, 'logs:DescribeLogStreams']],
];

/** What takes no resource or, for the ECS agent, one that Batch makes and names. */
const RESOURCELESS =
  /^(ecs:.*|ec2:DescribeTags|ecr:GetAuthorizationToken|batch:DescribeJobs|xray:.*|logs:(?!CreateLogStream|PutLogEvents).*)$/;

const roles = [...new Set(statements.map(({ role }) => role))];
const actionsOf = (id: string) => statements.filter(({ role }) => role === id).flatMap(({ actions }) => actions);

describe('roles', () => {
  it.each(roles)('%s may do what is on its list, and nothing else', (role) => {
    const allowed = ALLOWED.filter(([prefix]) => role.startsWith(prefix)).flatMap(([, actions]) => actions);
    expect([...new Set(actionsOf(role))].sort()).toEqual([...new Set(allowed)].sort());
  });

  it('are all there', () => expect(roles).toHaveLength(ALLOWED.length - 1));

  it('have no action with a wildcard, and no resource that is anything but for actions that take none', () => {
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    const onAnything = statements.filter(({ resources }) => resources.includes('*'));
    const strays = onAnything.flatMap(({ actions }) => actions).filter((action) => !RESOURCELESS.test(action));
    expect(strays).toEqual([]);
  });

  it('have no policy of AWS', () => {
    const managed = Object.values(pipeline.findResources('AWS::IAM::Role')).flatMap(
      ({ Properties }) => Properties.ManagedPolicyArns ?? [],
    );
    expect(managed).toEqual([]);
  });
});

describe('access to the store', () => {
  const [run, rollout] = ['run-1', 'iteration-000000'];
  const written: [stage: FunctionName | 'gpu-worker', key: string][] = [
    ['validate', keys.promptsKey(run, 'train')],
    ['validate', keys.startedKey(run)],
    ['validate', keys.imageKey('ab', 'png')],
    ['plan', keys.planShardsKey(run, rollout)],
    ['plan', keys.planPromptsKey(run, rollout, 0)],
    ['score', keys.recordsKey(keys.scoresPrefix(run, rollout, 0))],
    ['score', keys.scoreJournalKey(keys.scoresPrefix(run, rollout, 0), 'ab', 0)],
    ['route', keys.recordsKey(keys.routesPrefix(run, 0))],
    ['consult-expert', keys.recordsKey(keys.expertPrefix(run, 0))],
    ['consult-expert', keys.expertAnswerKey('ab')],
    ['publish', keys.sftIndexKey(run)],
    ['report', keys.manifestKey(keys.reportPrefix(run))],
    ['report', keys.summaryKey(run)],
    ['record-failure', keys.failureKey(run)],
    ['check-budget', keys.budgetCheckKey(run)],
    ['gpu-worker', keys.attemptKey(run, 'rollout', 0, 1)],
    ['gpu-worker', keys.manifestKey(keys.precisionPrefix(run))],
    ['gpu-worker', keys.metricsKey(keys.trajectoriesPrefix(run, rollout, 0))],
    ['gpu-worker', keys.manifestKey(keys.checkpointPrefix(run, 0))],
    ['gpu-worker', keys.manifestKey(keys.sftCheckpointPrefix(run))],
    ['gpu-worker', keys.metricsKey(keys.resumeStepPrefix(keys.sftResumePrefix(run), 1))],
    ['gpu-worker', keys.metricsKey(keys.resumeStepPrefix(keys.rlResumePrefix(run, 0), 1))],
    ['gpu-worker', `${keys.trainingStatePrefix(run, 0)}trainer-state.json`],
    ['gpu-worker', keys.partKey(keys.trajectoriesPrefix(run, rollout, 0), 0)],
    ['gpu-worker', keys.partKey(keys.benchmarkPrefix(run, 'base', 'held-out'), 0)],
    ['gpu-worker', keys.partKey(keys.expertSamplesPrefix(run, 0), 0)],
    ['gpu-worker', keys.recordsKey(keys.expertSamplesPrefix(run, 0))],
    ['gpu-worker', keys.recordsKey(keys.benchmarkPrefix(run, 'base', 'held-out'))],
  ];
  const accessOf = (stage: (typeof written)[number][0]) =>
    stage === 'gpu-worker' ? JOB_ACCESS : stageOf(stage).access;

  const writersOf = (key: string) =>
    [...FUNCTION_NAMES, 'gpu-worker' as const].filter((stage) =>
      accessOf(stage).writes.some((pattern) => matches(pattern, key)),
    );

  it.each(written)('%s writes %s, and nobody else does', (stage, key) => {
    expect(writersOf(key)).toEqual([stage]);
  });

  it('lets those who ask judges keep what they said: scoring, and who verifies what an expert says', () => {
    expect(writersOf(keys.judgementKey('ab'))).toEqual(['score', 'consult-expert']);
  });

  it('lets those offer work to other runs whose work is taken', () => {
    expect(writersOf(keys.offeredWorkKey('ab', run))).toEqual(['score', 'gpu-worker']);
  });

  it('lets nobody write the code of rewards, nor of experts', () => {
    expect(writersOf(keys.rewardModuleKey('ab', 'brevity.ts'))).toEqual([]);
    expect(writersOf(keys.expertModuleKey('ab', 'teacher.ts'))).toEqual([]);
  });

  it('lets only jobs and scoring delete, only what they keep while they are not done, and notes of what was taken', () => {
    const deleting = FUNCTION_NAMES.filter((name) => stageOf(name).access.deletes);
    expect(deleting.map((name) => [name, stageOf(name).access.deletes])).toEqual([
      ['score', [`${keys.scoreJournalsPrefix('runs/*/scores/*/')}*`, keys.takenKey('runs/*/scores/*/')]],
    ]);
    expect(JOB_ACCESS.deletes).toEqual([
      `${keys.partsPrefix('trajectories/*/')}*`,
      keys.takenKey('trajectories/*/'),
      'training/*',
      // Of the policies that are not kept.
      'runs/*/iteration-*/checkpoint/*',
      `${keys.partsPrefix('runs/*/expert-samples/*/')}*`,
      keys.takenKey(keys.sftCheckpointPrefix('*')),
      `${keys.partsPrefix('runs/*/evaluation/*/')}*`,
      keys.takenKey(keys.evaluationPrefix('*', '*')),
    ]);
    const kept = [
      keys.sftResumePrefix(run),
      keys.rlResumePrefix(run, 3),
      keys.trainingStatePrefix(run, 3),
      keys.partsPrefix(keys.trajectoriesPrefix(run, rollout, 0)),
      keys.partsPrefix(keys.benchmarkPrefix(run, 'rl', 'held-out')),
    ];
    const mayDelete = (key: string) => JOB_ACCESS.deletes!.some((pattern) => matches(pattern, key));
    expect(kept.filter((prefix) => !mayDelete(`${prefix}x`))).toEqual([]);
    expect(
      written.map(([, key]) => key).filter((key) => mayDelete(key) && !/\/(resume|state|parts|checkpoint)\//.test(key)),
    ).toEqual([]);
  });

  it('is what the policies grant', () => {
    for (const name of FUNCTION_NAMES) {
      const role = roles.find((id) => id.startsWith(`${name.replace('-', '')}Role`));
      const puts = statements.filter((each) => each.role === role && each.actions.includes('s3:PutObject'));
      const granted = puts.flatMap(({ resources }) => resources.map((arn) => arn.slice(arn.indexOf('}/') + 2)));
      expect(granted.sort()).toEqual([...STAGES[name].access.writes].sort());
    }
  });
});

describe('the AwsSolutions rules', () => {
  it('find nothing that is not explained', () => {
    expect(() => app.synth({ force: true })).not.toThrow();
  });

  it('stop the synthesis of what they object to', () => {
    const open = anApp();
    new Bucket(new Stack(open, 'Open'), 'Bucket');
    const { success, violations } = new SecurityChecks(open).validateScope(open);
    expect(success).toBe(false);
    expect(violations.map(({ ruleName }) => ruleName)).toContain('AwsSolutions-S10');
  });
});
