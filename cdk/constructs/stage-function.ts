import { join } from 'node:path';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { packageRoot } from '../../src/base/package-root.ts';
import { FUNCTION_MEMORY_MIB } from '../../src/schema/stage.ts';
import { type FunctionName, limitsOf, STAGES } from '../../src/schema/stages.ts';
import { FUNCTION_TIMEOUT } from './stage-function-task.ts';
import { grantStoreAccess } from './store-access.ts';

export interface StageFunctionProps {
  readonly name: FunctionName;
  readonly dataBucket: s3.IBucket;
  readonly logRetentionDays: logs.RetentionDays;
}

/** A Lambda stage, `lambdas/<name>/handler.ts`, with the bucket as its store and a role of its own. */
export class StageFunction extends Construct {
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, { name, dataBucket, logRetentionDays }: StageFunctionProps) {
    super(scope, id);
    const logGroup = new logs.LogGroup(this, 'Logs', { retention: logRetentionDays });
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    grantStoreAccess(dataBucket, role, STAGES[name].access);
    this.function = new NodejsFunction(this, 'Resource', {
      description: `metis-rise: ${name}`,
      entry: join(packageRoot, 'lambdas', name, 'handler.ts'),
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: FUNCTION_MEMORY_MIB,
      timeout: FUNCTION_TIMEOUT,
      environment: { RISE_STORE: dataBucket.s3UrlForObject(), NODE_OPTIONS: '--enable-source-maps' },
      logGroup,
      role,
      depsLockFilePath: join(packageRoot, 'package-lock.json'),
      projectRoot: packageRoot,
      bundling: bundlingOf(name),
    });
  }
}

/**
 * The SDK of the lock file, not the runtime's. Its CommonJS parts call `require`, which a module does not have. Names of
 * classes are kept: by those of errors the state machine decides what it tries again. TensorFlow.js stays out: no Lambda
 * computes.
 */
export const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  banner: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  bundleAwsSDK: true,
  esbuildArgs: {
    '--alias:@tensorflow/tfjs-core': join(packageRoot, 'lambdas/no-tensorflow.cjs'),
    '--alias:zod': join(packageRoot, 'lambdas/zod-in-english.mjs'),
  },
  minify: true,
  keepNames: true,
  sourceMap: true,
  sourcesContent: false,
};

/** Sharp as WebAssembly: half the size of its native build, on any processor, and it refuses the same images. */
function bundlingOf(name: FunctionName): BundlingOptions {
  const { installs } = limitsOf(name);
  if (installs === undefined) return BUNDLING;
  const environment = { npm_config_cpu: 'wasm32', npm_config_os: 'linux' };
  // It asks no judge and no expert; were one to be asked, the runtime has the SDK. Credentials are in the environment, which
  // is looked at first; where else they might be comes with clients of their own.
  const elsewhere = ['ini', 'login', 'process', 'sso', 'web-identity'].map((place) => `credential-provider-${place}`);
  const externalModules = ['client-bedrock-runtime', ...elsewhere].map((name) => `@aws-sdk/${name}`);
  return { ...BUNDLING, nodeModules: [...installs], externalModules, environment };
}
