import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Finding } from '../../base/finding.ts';
import { awsCredentials } from './aws-credentials.ts';
import { examineTensorflow, readAddonRecord } from './tensorflow.ts';

/** Instruction sets that change how fast matrices multiply, by the flag Linux shows for them. */
const INSTRUCTION_SETS = { avx2: 'AVX2', avx512f: 'AVX-512', amx_bf16: 'AMX bfloat16' } as const;

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

/** Model, cores this process may use, and (where the system tells) instruction sets for matrix work. */
function describeProcessor(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const extras = readInstructionSets();
  return [model, `${availableParallelism()} cores`, ...(extras.length > 0 ? [extras.join(' ')] : [])].join(', ');
}

function readInstructionSets(): string[] {
  if (!existsSync('/proc/cpuinfo')) return [];
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(/\s+/) ?? [];
  return Object.entries(INSTRUCTION_SETS).flatMap(([flag, name]) => (flags.includes(flag) ? [name] : []));
}

async function findCompiler(): Promise<string> {
  const name = process.platform === 'darwin' ? 'clang++' : 'g++';
  return (await firstLineOf(name, ['--version'])) ?? `none (${name}); needed once, to build the TensorFlow addon`;
}

async function findGpu(): Promise<string> {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  return (await firstLineOf('nvidia-smi', query)) ?? 'none found';
}

/** The first line a command prints; undefined when it does not exist, fails or takes over ten seconds. */
async function firstLineOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { timeout: 10_000 });
    return stdout.trim().split('\n')[0];
  } catch {
    return undefined;
  }
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
