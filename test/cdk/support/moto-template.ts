interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

export interface CloudFormationTemplate {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, unknown>;
}

/** What moto's CloudFormation leaves out, so that the stacks are deployed there without it. docs/aws.md lists it too. */
export const NOT_IN_MOTO = [
  'AWS::Budgets::Budget',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CodeBuild::Project',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
];

/** What moto's CloudFormation misreads, by type of resource, and what it takes instead. */
const ADAPTED: Record<string, (properties: Record<string, unknown>, template: CloudFormationTemplate) => object> = {
  // It reads them as KMS's own interface names them: TagKey, TagValue.
  'AWS::KMS::Key': ({ Tags, ...rest }) => rest,
  // It makes up a name with capitals, and refuses it.
  'AWS::ECR::Repository': (properties) => ({ ...properties, RepositoryName: 'worker-images' }),
  // It knows MANAGED only in capitals, and no service-linked role.
  'AWS::Batch::ComputeEnvironment': (properties, template) => ({
    ...properties,
    Type: String(properties.Type).toUpperCase(),
    ServiceRole: { 'Fn::GetAtt': [firstOf(template, 'AWS::IAM::Role'), 'Arn'] },
  }),
};

const firstOf = ({ Resources }: CloudFormationTemplate, type: string) =>
  Object.keys(Resources).find((id) => Resources[id].Type === type);

/** A template as moto can deploy it. It has no attributes of Batch's resources: their `Ref` is the same ARN. */
export function adaptToMoto(template: CloudFormationTemplate): CloudFormationTemplate {
  const { Resources } = template;
  const replaced = JSON.parse(JSON.stringify(template), (_, value) => {
    const [id] = value?.['Fn::GetAtt'] ?? [];
    if (id === undefined) return value;
    if (Resources[id].Type.startsWith('AWS::Batch::')) return { Ref: id };
    return NOT_IN_MOTO.includes(Resources[id].Type) ? id : value;
  }) as CloudFormationTemplate;
  for (const resource of Object.values(replaced.Resources)) {
    const adapt = ADAPTED[resource.Type];
    if (adapt) resource.Properties = { ...adapt(resource.Properties ?? {}, replaced) };
  }
  return replaced;
}
