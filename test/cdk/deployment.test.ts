import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import aslValidator from 'asl-validator';
import { App } from 'aws-cdk-lib';
import { readDeploymentConfig } from '../../cdk/config.ts';
import { createStacks } from '../../cdk/create-stacks.ts';
import { packageRoot } from '../../src/base/package-root.ts';
import type { Machine } from '../../src/local/definition.ts';
import { FUNCTION_NAMES } from '../../src/schema/stages.ts';
import { describeWithMoto } from '../support/moto-server.ts';
import { findPythonWith } from '../support/python-environment.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';
import { adaptToMoto, type CloudFormationTemplate, NOT_IN_MOTO } from './support/moto-template.ts';
import { cdkContext } from './support/stacks.ts';

const STACKS = ['RiseData', 'RisePipeline'];
const folder = aTemporaryFolder();

/** Writes both stacks as `cdk synth` does, code of the functions included, and gives the folder. */
function synthesiseWhole(name: string, context: Record<string, unknown> = {}): string {
  const app = new App({ outdir: join(folder, name), context: { ...cdkContext(), ...context } });
  createStacks(app, readDeploymentConfig(app.node));
  return app.synth().directory;
}

const templatesIn = (synthesised: string) => STACKS.map((name) => join(synthesised, `${name}.template.json`));
const readTemplate = (path: string): CloudFormationTemplate => JSON.parse(readFileSync(path, 'utf8'));

const assembly = synthesiseWhole('default');

/** Folder of each function's code, by the function's name. */
function codeFolders(): [name: string, folder: string][] {
  const functions = Object.values(readTemplate(templatesIn(assembly)[1]).Resources).filter(
    ({ Type }) => Type === 'AWS::Lambda::Function',
  );
  return functions.map(({ Properties }) => {
    const { Description, Code } = Properties as { Description: string; Code: { S3Key: string } };
    return [Description.split(' ')[1], join(assembly, `asset.${Code.S3Key.replace('.zip', '')}`)];
  });
}

const filesIn = (top: string) =>
  readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));

/** Names and attributes of a file, which a zip has twice. */
const ZIP_ENTRY_BYTES = 2 * 100;
const zippedBytes = (code: string) =>
  filesIn(code)
    .map((path) => deflateRawSync(readFileSync(path), { level: 9 }).length + ZIP_ENTRY_BYTES + 2 * path.length)
    .reduce((sum, bytes) => sum + bytes);

describe('the code of the functions', () => {
  it('is there for every stage', () => {
    expect(codeFolders().map(([name]) => name)).toEqual([...FUNCTION_NAMES]);
  });

  it.each(codeFolders())('of %s is under 5 MB zipped', (_, code) => {
    expect(zippedBytes(code)).toBeLessThan(5e6);
  });

  it('has all of zod but its messages in other languages', () => {
    const bundled = join(packageRoot, 'lambdas/zod-in-english.mjs');
    const script = `import { z } from 'zod'; import * as bundled from ${JSON.stringify(bundled)};
      console.log(JSON.stringify(Object.keys(z).filter((name) => !(name in bundled.z))));`;
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: packageRoot });
    expect(JSON.parse(told.toString())).toEqual(['locales']);
  });

  it('has an image library for validation alone, and no native code in it', () => {
    const withLibrary = codeFolders().filter(([, code]) => readdirSync(code).includes('node_modules'));
    expect(withLibrary.map(([name]) => name)).toEqual(['validate']);
    const library = filesIn(join(withLibrary[0][1], 'node_modules'));
    expect(library.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
    expect(library.filter((path) => /\.(node|so[.\d]*)$/.test(path))).toEqual([]);
  });
});

/** CDK names a function's role beside its policies in DependsOn. */
const LINT_OPTIONS = ['--ignore-checks', 'W3005', '--format', 'parseable', '--'];

function describeWithLinter(name: string, tests: (lint: (templates: string[]) => string) => void): void {
  const linter = findPythonWith('cfn-lint==1.58.0');
  if ('missing' in linter) {
    console.warn(`Skipped, ${linter.missing}: ${name}`);
    describe.skip(name, () => tests(() => ''));
    return;
  }
  const script = 'from cfnlint.runner import main; main()';
  describe(name, () =>
    tests((templates) => {
      try {
        return execFileSync(linter.python, ['-c', script, ...LINT_OPTIONS, ...templates], { encoding: 'utf8' });
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    }),
  );
}

describeWithLinter('the templates', (lint) => {
  it('have no finding of cfn-lint, in either network and on either kind of host', () => {
    const choices = { network: 'isolated', hosts: 'managed-instances', 'aws:cdk:bundling-stacks': [] };
    const other = synthesiseWhole('other', choices);
    expect(lint([...templatesIn(assembly), templatesIn(other)[1]])).toBe('');
  });

  it('would have one for a property that does not exist', () => {
    const [path] = templatesIn(assembly);
    const template = readTemplate(path);
    const [bucket] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::S3::Bucket');
    bucket.Properties = { ...bucket.Properties, BucketSize: 1 };
    const broken = join(folder, 'broken.template.json');
    writeFileSync(broken, JSON.stringify(template));
    expect(lint([broken])).toContain("'BucketSize' was unexpected");
  });
});

interface Deployed {
  stacks: Record<string, { status: string; outputs: Record<string, string>; resources: Record<string, string> }>;
  definition: string;
  functions: Record<string, number>;
  queues: string[];
  definitions: string[];
}

describeWithMoto('the stacks, deployed into moto', (server) => {
  let deployed: Deployed;

  beforeAll(() => {
    const stacks = templatesIn(assembly).map((path, index) => {
      const adapted = join(folder, `${STACKS[index]}.json`);
      writeFileSync(adapted, JSON.stringify(adaptToMoto(readTemplate(path))));
      return `${STACKS[index]}=${adapted}`;
    });
    const python = findPythonWith('moto[server]==5.2.5') as { python: string };
    const environment = { ...process.env, AWS_DEFAULT_REGION: 'us-east-1', AWS_ENDPOINT_URL: server().endpoint };
    const script = join(__dirname, 'support', 'deploy.py');
    deployed = JSON.parse(
      execFileSync(python.python, [script, assembly, ...stacks], { encoding: 'utf8', env: environment }),
    );
  });

  it.each(STACKS)('of %s has every resource that moto models', (name) => {
    const { status, resources } = deployed.stacks[name];
    expect(status).toBe('CREATE_COMPLETE');
    const wanted = Object.entries(readTemplate(join(assembly, `${name}.template.json`)).Resources).filter(
      ([, { Type }]) => !NOT_IN_MOTO.includes(Type),
    );
    expect(resources).toEqual(Object.fromEntries(wanted.map(([id, { Type }]) => [id, Type])));
  });

  it('has a state machine whose every function, queue and job definition is there', () => {
    const definition: Machine = JSON.parse(deployed.definition);
    const { isValid, errorsText } = aslValidator(definition, { checkPaths: true, checkArn: true });
    expect(isValid ? '' : errorsText('\n')).toBe('');
    const named = (field: string) =>
      [...deployed.definition.matchAll(new RegExp(`"${field}":"([^"]+)"`, 'g'))].map((match) => match[1]);
    expect(Object.keys(deployed.functions)).toEqual(expect.arrayContaining(named('FunctionName')));
    expect(deployed.queues).toEqual(expect.arrayContaining(named('JobQueue')));
    expect(deployed.definitions).toEqual(expect.arrayContaining(named('JobDefinition')));
    expect(new Set(named('FunctionName')).size).toBe(FUNCTION_NAMES.length);
  });

  it('says where the bucket, the images, the machine and the dashboard are', () => {
    expect(Object.keys(deployed.stacks.RiseData.outputs)).toEqual(
      expect.arrayContaining(['DataBucketName', 'WorkerImagesUri']),
    );
    expect(deployed.stacks.RisePipeline.outputs).toMatchObject({
      StateMachineArn: expect.stringContaining(':stateMachine:'),
      DashboardName: expect.anything(),
    });
  });
});
