import type { InstanceType } from './instance-types.ts';
import { footprintOf } from './memory/footprint.ts';
import { type Footprint, totalBytes } from './memory/memory.ts';
import type { ModelShape } from './model-shape.ts';
import type { Device, Work } from './work.ts';

/** Where a job runs. */
export interface Machine {
  name: string;
  /** Of one GPU; without it a job's device is the host. */
  gpuBytes?: number;
  /** For a job. */
  hostBytes: number;
}

/** What of an instance's memory is left for a job beside the system and the agent. */
const JOB_SHARE = 0.875;

export function machineOf({ name, gpu, memoryGiB }: InstanceType): Machine {
  return { name, gpuBytes: gpu.memoryGiB * 2 ** 30, hostBytes: JOB_SHARE * memoryGiB * 2 ** 30 };
}

export const deviceOf = ({ gpuBytes }: Machine): Device => (gpuBytes === undefined ? 'cpu' : 'gpu');

/** A memory that a job fills, or overfills. */
export interface Room {
  memory: 'GPU' | 'host';
  needed: number;
  available: number;
}

/** What a job needs of each memory of a machine. */
export function roomsOf(footprint: Footprint, { gpuBytes, hostBytes }: Machine): Room[] {
  const [device, host] = [totalBytes(footprint.device), totalBytes(footprint.host)];
  if (gpuBytes === undefined) return [{ memory: 'host', needed: device + host, available: hostBytes }];
  return [
    { memory: 'GPU', needed: device, available: gpuBytes },
    { memory: 'host', needed: host, available: hostBytes },
  ];
}

/** The memory of a machine that is too small for a job, if one is: the one that lacks most. */
export function findShortage(shape: ModelShape, work: Work, machine: Machine): Room | undefined {
  const rooms = roomsOf(footprintOf(shape, work, deviceOf(machine)), machine);
  const short = rooms.filter(({ needed, available }) => needed > available);
  return short.sort((a, b) => b.needed - b.available - (a.needed - a.available))[0];
}
