import { type App, CfnResource, type IPolicyValidationContext, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, rules } from 'cdk-nag';

interface Acknowledgement {
  readonly id: 'AwsSolutions-IAM4' | 'AwsSolutions-IAM5';
  /** What follows the stack in the path of the role or policy. */
  readonly path: RegExp;
  /** Of the findings under the rule, those with such a text. */
  readonly finding: RegExp;
  readonly reason: string;
}

const ANY = /^Resource::\*$/;
const STORE_KEYS =
  /^Resource::\S+\/(runs|trajectories|training|images|models|datasets|rewards|experts|judgements|expert-answers|builds|stages)\/[\w*/.-]+$/;

const ACKNOWLEDGED: readonly Acknowledgement[] = [
  {
    id: 'AwsSolutions-IAM5',
    path: /Role\//,
    finding: STORE_KEYS,
    reason: 'Keys under named prefixes of the data bucket (src/schema/stages.ts); run ids and shards vary.',
  },
  {
    id: 'AwsSolutions-IAM5',
    path: /^(score|consult-expert)\/Role\//,
    finding: /^Resource::arn:\S+:bedrock:\*::foundation-model\/[\w:.-]+$/,
    reason: 'A named model, called through a named inference profile, in whichever of its regions has room.',
  },
  {
    id: 'AwsSolutions-IAM5',
    path: /^(GpuWorker\/Execution|ImageBuild\/)Role\//,
    finding: ANY,
    reason: 'ecr:GetAuthorizationToken takes no resource.',
  },
  {
    id: 'AwsSolutions-IAM5',
    path: /^(Rollout|Training)Queue\/Hosts\/Instance\/Role\//,
    finding: ANY,
    reason: "The ECS agent's own calls, on a cluster that Batch makes and names; containers are kept from this role.",
  },
  {
    id: 'AwsSolutions-IAM4',
    path: /^(Rollout|Training)Queue\/Hosts\/(InstanceRole|Infrastructure)\//,
    finding: /ForManagedInstances$/,
    reason: 'AWS keeps them in step with what ECS Managed Instances do; a choice, not the default.',
  },
  {
    id: 'AwsSolutions-IAM5',
    path: /^StateMachine\/Resource\/Role\//,
    finding: ANY,
    reason: 'Log delivery, X-Ray and batch:DescribeJobs take no resource.',
  },
  {
    id: 'AwsSolutions-IAM5',
    path: /^StateMachine\/Resource\/Role\//,
    finding: /^Resource::(<\w+\.Arn>:\*|arn:\S+:job(-definition)?\/\*)$/,
    reason: 'Versions of the named functions; job definitions, on the named queues; jobs, whose ids Batch chooses.',
  },
  {
    id: 'AwsSolutions-IAM5',
    path: /^StateMachine\/Resource\/DistributedMapPolicy\//,
    finding: /^Resource::arn:\S+:states:\S+:execution:\S+$/,
    reason: 'Child executions of this state machine only, whose names Step Functions chooses.',
  },
];

const FINDINGS = {
  'AwsSolutions-IAM4': rules.iam.IAMNoManagedPolicies,
  'AwsSolutions-IAM5': rules.iam.IAMNoWildcardPermissions,
};

/** The AwsSolutions rules. Synthesis fails on every finding that has no reason here. */
export class SecurityChecks extends AwsSolutionsChecks {
  private readonly app: App;

  constructor(app: App) {
    super(app);
    this.app = app;
  }

  /** Findings quote references between the stacks as they end up, so they are acknowledged no sooner. */
  override validate(context: IPolicyValidationContext) {
    for (const construct of this.app.node.findAll()) {
      if (construct instanceof CfnResource) acknowledgeFindings(construct);
    }
    return super.validate(context);
  }
}

function acknowledgeFindings(resource: CfnResource): void {
  const path = resource.node.path.split('/').slice(1).join('/');
  for (const { id, finding, reason } of ACKNOWLEDGED.filter((each) => each.path.test(path))) {
    const found = FINDINGS[id](resource);
    const texts = Array.isArray(found) ? found.filter((text) => finding.test(text)) : [];
    Validations.of(resource).acknowledge(...texts.map((text) => ({ id: `${id}[${text}]`, reason })));
  }
  if (path === 'ImageBuild/Resource') {
    const reason = 'Docker, which builds the image, takes it; the project runs nothing but that.';
    Validations.of(resource).acknowledge({ id: 'AwsSolutions-CB3', reason });
  }
  if (path === 'AccessLogs/Resource') {
    const reason = 'It holds the access logs; logging its own access would never end.';
    Validations.of(resource).acknowledge({ id: 'AwsSolutions-S1', reason });
  }
}
