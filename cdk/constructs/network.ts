import { Stack, Validations } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../config.ts';

const { InterfaceVpcEndpointAwsService: Service } = ec2;
/**
 * What an instance of a Batch queue calls: to join its cluster, pull its image, write its log. S3 has a free gateway.
 */
const ENDPOINTS = {
  Ecr: Service.ECR,
  EcrDocker: Service.ECR_DOCKER,
  Logs: Service.CLOUDWATCH_LOGS,
  Ecs: Service.ECS,
  EcsAgent: Service.ECS_AGENT,
  EcsTelemetry: Service.ECS_TELEMETRY,
};

/** What a job could send data through, to another account's log or repository. */
const TAKES_DATA = [Service.ECR, Service.ECR_DOCKER, Service.CLOUDWATCH_LOGS];

export interface NetworkProps {
  readonly config: DeploymentConfig;
  readonly logGroup: logs.ILogGroup;
}

/** The network that GPU instances live in. Nothing reaches them from outside, in either kind of network. */
export class Network extends Construct {
  readonly vpc: ec2.IVpc;
  readonly jobSubnets: ec2.SubnetSelection;
  /** Of every instance: nothing in, and nothing out but HTTPS. */
  readonly jobSecurityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, { config, logGroup }: NetworkProps) {
    super(scope, id);
    const { vpcId, subnetIds = [] } = config;
    const { vpc, jobSubnets } = vpcId ? this.findVpc(vpcId, subnetIds) : this.createVpc(config, logGroup);
    this.vpc = vpc;
    this.jobSubnets = jobSubnets;
    this.jobSecurityGroup = new ec2.SecurityGroup(this, 'Jobs', {
      vpc,
      description: 'GPU instances: no way in, HTTPS out',
      allowAllOutbound: false,
    });
    this.jobSecurityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.HTTPS);
    if (!vpcId && config.network === 'isolated') this.addEndpoints(config.endpointZones);
  }

  private findVpc(vpcId: string, subnetIds: readonly string[]) {
    // CDK wants a zone named; nothing here depends on it.
    const vpc = ec2.Vpc.fromVpcAttributes(this, 'Existing', { vpcId, availabilityZones: ['any'] });
    const subnets = subnetIds.map((id) => ec2.Subnet.fromSubnetId(this, id, id));
    const reason = 'Nothing here looks at their routes.';
    for (const subnet of subnets) {
      Validations.of(subnet).acknowledge({ id: '@aws-cdk/aws-ec2:noSubnetRouteTableId', reason });
    }
    return { vpc, jobSubnets: { subnets } };
  }

  private createVpc({ network, availabilityZones }: DeploymentConfig, logGroup: logs.ILogGroup) {
    const subnetType = network === 'isolated' ? ec2.SubnetType.PRIVATE_ISOLATED : ec2.SubnetType.PUBLIC;
    const destination = ec2.FlowLogDestination.toCloudWatchLogs(logGroup);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      natGateways: 0,
      availabilityZones,
      // Nothing is ever in the default group; closing it would take a function that may edit groups.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'jobs', subnetType, cidrMask: 20 }],
      flowLogs: { Rejected: { destination, trafficType: ec2.FlowLogTrafficType.REJECT } },
    });
    this.addS3Gateway(vpc);
    return { vpc, jobSubnets: { subnetType } };
  }

  /** To buckets of this account, whosever keys are used, and to where ECR keeps the layers of images. */
  private addS3Gateway(vpc: ec2.Vpc): void {
    const gateway = vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    const { account, region, partition } = Stack.of(this);
    const everyone = { principals: [new iam.AnyPrincipal()] };
    const layers = `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`;
    gateway.addToPolicy(
      new iam.PolicyStatement({
        ...everyone,
        actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket', 's3:AbortMultipartUpload'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:ResourceAccount': account } },
      }),
    );
    gateway.addToPolicy(new iam.PolicyStatement({ ...everyone, actions: ['s3:GetObject'], resources: [layers] }));
  }

  /** An endpoint in one zone serves the others too, for the price of traffic between zones. */
  private addEndpoints(zones: number): void {
    const { vpc } = this;
    const securityGroup = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc,
      description: 'AWS endpoints: HTTPS from GPU instances',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(this.jobSecurityGroup, ec2.Port.HTTPS);
    const subnets = { subnets: vpc.isolatedSubnets.slice(0, zones) };
    for (const [id, service] of Object.entries(ENDPOINTS)) {
      const endpoint = vpc.addInterfaceEndpoint(id, { service, subnets, securityGroups: [securityGroup], open: false });
      if (TAKES_DATA.includes(service)) endpoint.addToPolicy(this.ofThisAccount());
    }
  }

  /** Keys of another account open nothing through an endpoint: a job cannot send there what it has read. */
  private ofThisAccount(): iam.PolicyStatement {
    return new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions: ['*'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:PrincipalAccount': Stack.of(this).account } },
    });
  }
}
