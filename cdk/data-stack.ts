import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { WORKER_SOURCES } from '../src/schema/keys.ts';
import type { DeploymentConfig } from './config.ts';

export interface DataStackProps extends StackProps {
  readonly config: DeploymentConfig;
}

const KEPT_IMAGES = 10;

const PRIVATE_BUCKET: s3.BucketProps = {
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
};

/** What outlives a deployment: every record of every run, and the images that made them. */
export class DataStack extends Stack {
  readonly dataBucket: s3.IBucket;
  readonly workerImages: ecr.IRepository;

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, props);
    const removalPolicy =
      config.removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
    this.dataBucket = this.createDataBucket(config, removalPolicy);
    this.workerImages = new ecr.Repository(this, 'WorkerImages', {
      imageScanOnPush: true,
      // What a job runs never changes under it.
      imageTagMutability: ecr.TagMutability.IMMUTABLE,
      lifecycleRules: [{ description: 'The newest images', maxImageCount: KEPT_IMAGES }],
      removalPolicy,
      emptyOnDelete: removalPolicy === RemovalPolicy.DESTROY,
    });
    new CfnOutput(this, 'DataBucketName', { value: this.dataBucket.bucketName });
    new CfnOutput(this, 'WorkerImagesUri', { value: this.workerImages.repositoryUri });
  }

  private createDataBucket(config: DeploymentConfig, removalPolicy: RemovalPolicy): s3.IBucket {
    const noncurrentVersionExpiration = Duration.days(config.supersededRetentionDays);
    return new s3.Bucket(this, 'DataBucket', {
      ...PRIVATE_BUCKET,
      removalPolicy,
      versioned: true,
      encryptionKey: new kms.Key(this, 'DataKey', {
        description: 'Prompts, images, trajectories and weights of metis-rise',
        enableKeyRotation: true,
        removalPolicy,
      }),
      bucketKeyEnabled: true,
      serverAccessLogsBucket: new s3.Bucket(this, 'AccessLogs', {
        ...PRIVATE_BUCKET,
        // S3 delivers access logs to no bucket under a customer's key.
        encryption: s3.BucketEncryption.S3_MANAGED,
        lifecycleRules: [{ expiration: Duration.days(config.logRetentionDays) }],
        removalPolicy,
      }),
      lifecycleRules: [
        { id: 'superseded', noncurrentVersionExpiration, expiredObjectDeleteMarker: true },
        { id: 'builds', prefix: WORKER_SOURCES, expiration: Duration.days(7) },
        { id: 'uploads', abortIncompleteMultipartUploadAfter: Duration.days(2) },
        passing('training', config.trainingStateRetentionDays),
        ageing('trajectories', config.coldAfterDays, config.trajectoryRetentionDays),
        ageing('runs', config.coldAfterDays, config.runRetentionDays),
      ],
    });
  }
}

/** Deletes what lies under a prefix at an age, and at once what was deleted before. */
function passing(prefix: string, retentionDays: number): s3.LifecycleRule {
  return {
    id: prefix,
    prefix: `${prefix}/`,
    expiration: Duration.days(retentionDays),
    noncurrentVersionExpiration: Duration.days(1),
  };
}

/** Moves what lies under a prefix to cheaper storage, and deletes it where an age is given. */
function ageing(prefix: string, coldAfterDays: number, retentionDays: number | undefined): s3.LifecycleRule {
  const transitionAfter = Duration.days(coldAfterDays);
  return {
    id: prefix,
    prefix: `${prefix}/`,
    transitions: [{ storageClass: s3.StorageClass.INTELLIGENT_TIERING, transitionAfter }],
    ...(retentionDays && { expiration: Duration.days(retentionDays) }),
  };
}
