import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { awsCredentials } from './aws-credentials.ts';
import { firstLineOf } from './command-output.ts';
import { describeProcessor } from './describe-processor.ts';
import type { Finding } from './finding.ts';
import { examineTensorflow, readAddonRecord } from './tensorflow.ts';

/** Looks at everything a run depends on; downloads nothing and changes nothing. */
export async function examineMachine(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  const addon = readAddonRecord();
  const [compiler, gpu, disk] = await Promise.all([findCompiler(), findGpu(), freeDisk(addon?.lib)]);
  return [
    { name: 'Node', value: `${process.versions.node} (${process.execPath})` },
    { name: 'Processor', value: describeProcessor() },
    { name: 'GPU', value: gpu },
    { name: 'Memory', value: `${gigabytes(totalmem())}, ${gigabytes(freemem())} free` },
    ...disk,
    { name: 'C++ compiler', value: compiler },
    { name: 'AWS credentials', value: awsCredentials(environment) },
    ...examineTensorflow(addon),
  ];
}

async function findCompiler(): Promise<string> {
  const name = process.platform === 'darwin' ? 'clang++' : 'g++';
  return (await firstLineOf(name, ['--version'])) ?? `none (${name}); needed once, to build the TensorFlow addon`;
}

async function findGpu(): Promise<string> {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  return (await firstLineOf('nvidia-smi', query)) ?? 'none found';
}

/** The disk that holds TensorFlow, once it is installed. */
async function freeDisk(library: string | undefined): Promise<Finding[]> {
  if (library === undefined || !existsSync(library)) return [];
  const cache = dirname(dirname(library));
  const { bavail, bsize } = await statfs(cache);
  return [{ name: 'Cache', value: `${cache}, ${gigabytes(bavail * bsize)} free` }];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
