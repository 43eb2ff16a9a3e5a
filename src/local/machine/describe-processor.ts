import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** Instruction sets that change how fast matrices multiply, by the flag Linux shows for them. */
const instructionSets = { avx2: 'AVX2', avx512f: 'AVX-512', amx_bf16: 'AMX bfloat16' } as const;

/** Model, cores this process may use, and (where the system tells) instruction sets for matrix work. */
export function describeProcessor(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const extras = readInstructionSets();
  return [model, `${availableParallelism()} cores`, ...(extras.length > 0 ? [extras.join(' ')] : [])].join(', ');
}

function readInstructionSets(): string[] {
  if (!existsSync('/proc/cpuinfo')) return [];
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(/\s+/) ?? [];
  return Object.entries(instructionSets).flatMap(([flag, name]) => (flags.includes(flag) ? [name] : []));
}
