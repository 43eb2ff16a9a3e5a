import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** What outlives a deployment: every record of every run, and the images that made them. */
export class DataStack extends Stack {
  readonly dataBucket: s3.IBucket;
  readonly workerImages: ecr.IRepository;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.dataBucket = new s3.Bucket(this, 'DataBucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(2) }],
    });
    this.workerImages = new ecr.Repository(this, 'WorkerImages', {
      imageScanOnPush: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
