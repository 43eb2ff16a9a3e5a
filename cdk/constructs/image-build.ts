import { Duration, Stack } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { WORKER_SOURCES } from '../../src/schema/keys.ts';
import { grantStoreAccess } from './store-access.ts';

export interface ImageBuildProps {
  readonly dataBucket: s3.IBucket;
  readonly workerImages: ecr.IRepository;
  readonly logGroup: logs.ILogGroup;
}

/**
 * Builds and pushes the GPU worker's image on a machine of AWS, for who has no Docker or no line for gigabytes. Each build
 * is told by `rise image` the archive of its source (under `WORKER_SOURCES`), `IMAGE_TAG` and `REVISION`; idle it costs
 * nothing.
 */
export class ImageBuild extends Construct {
  readonly project: codebuild.CfnProject;

  constructor(scope: Construct, id: string, { dataBucket, workerImages, logGroup }: ImageBuildProps) {
    super(scope, id);
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com') });
    grantStoreAccess(dataBucket, role, { reads: [`${WORKER_SOURCES}*`], writes: [] });
    workerImages.grantPullPush(role);
    logGroup.grantWrite(role);
    // CDK's own construct gives its role the whole bucket, log groups of any build and test reports.
    this.project = new codebuild.CfnProject(this, 'Resource', {
      description: "metis-rise: the GPU worker's image, started by rise image --in-aws",
      serviceRole: role.roleArn,
      encryptionKey: dataBucket.encryptionKey?.keyArn,
      source: { type: 'NO_SOURCE', buildSpec: Stack.of(this).toJsonString(BUILD) },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: codebuild.EnvironmentType.LINUX_CONTAINER,
        image: codebuild.LinuxBuildImage.STANDARD_7_0.imageId,
        computeType: codebuild.ComputeType.MEDIUM,
        // Docker builds the image.
        privilegedMode: true,
        environmentVariables: [{ name: 'REPOSITORY_URI', value: workerImages.repositoryUri }],
      },
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: logGroup.logGroupName } },
      timeoutInMinutes: Duration.hours(2).toMinutes(),
    });
  }
}

const BUILD = {
  version: '0.2',
  phases: {
    build: {
      commands: [
        'registry=$(dirname "$REPOSITORY_URI")',
        'aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"',
        'docker build --file containers/gpu-worker/Dockerfile --build-arg REVISION="$REVISION" --tag "$REPOSITORY_URI:$IMAGE_TAG" .',
        'docker push "$REPOSITORY_URI:$IMAGE_TAG"',
      ],
    },
  },
};
