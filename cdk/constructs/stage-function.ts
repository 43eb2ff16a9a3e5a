import { join } from 'node:path';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { packageRoot } from '../../src/package-root.ts';
import type { StageFunctionName } from '../stage-function-names.ts';
import { FUNCTION_TIMEOUT } from './stage-function-task.ts';

export interface StageFunctionProps {
  readonly name: StageFunctionName;
  readonly dataBucket: s3.IBucket;
}

/** A Lambda stage, `lambdas/<name>/handler.ts`, with the bucket as its store. */
export class StageFunction extends Construct {
  readonly function: lambda.IFunction;

  constructor(scope: Construct, id: string, { name, dataBucket }: StageFunctionProps) {
    super(scope, id);
    const handler = new NodejsFunction(this, 'Resource', {
      entry: join(packageRoot, 'lambdas', name, 'handler.ts'),
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.X86_64,
      memorySize: 2048,
      timeout: FUNCTION_TIMEOUT,
      environment: { RISE_STORE: dataBucket.s3UrlForObject() },
      logGroup: new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.THREE_MONTHS }),
      depsLockFilePath: join(packageRoot, 'package-lock.json'),
      projectRoot: packageRoot,
      bundling: { format: OutputFormat.ESM, nodeModules: ['sharp'], sourceMap: true },
    });
    dataBucket.grantReadWrite(handler);
    this.function = handler;
  }
}
