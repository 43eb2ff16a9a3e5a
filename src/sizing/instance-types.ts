import { hourUsdOf } from './prices.ts';

/** A GPU as its data sheet has it. */
export interface Gpu {
  name: string;
  /** As EC2 lists it. */
  memoryGiB: number;
  /** Of bfloat16 products, without sparsity, and of reading memory; absent where no source was found. */
  peak?: { flopsPerSecond: number; bytesPerSecond: number };
}

/** An EC2 instance type. A job takes one GPU, whatever there are. */
export interface InstanceType {
  name: string;
  gpu: Gpu;
  gpus: number;
  vcpus: number;
  memoryGiB: number;
  /** On demand. */
  hourUsd: number;
}

const L40S: Gpu = { name: 'L40S', memoryGiB: 44, peak: { flopsPerSecond: 362e12, bytesPerSecond: 864e9 } };
const L4: Gpu = { name: 'L4', memoryGiB: 22, peak: { flopsPerSecond: 121e12, bytesPerSecond: 300e9 } };
const A10G: Gpu = { name: 'A10G', memoryGiB: 22 };
const H100: Gpu = { name: 'H100', memoryGiB: 80, peak: { flopsPerSecond: 989e12, bytesPerSecond: 3350e9 } };
const RTX_PRO_6000: Gpu = { name: 'RTX PRO 6000', memoryGiB: 96 };

const row = (name: string, gpu: Gpu, vcpus: number, memoryGiB: number): InstanceType => {
  return { name, gpu, gpus: 1, vcpus, memoryGiB, hourUsd: hourUsdOf(name, 'on-demand')! };
};

/**
 * Instance types with one GPU that jobs may run on, the cheapest first. vCPUs and memory are those of
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html; peaks are from NVIDIA's data sheets.
 */
export const INSTANCE_TYPES: readonly InstanceType[] = [
  row('g6.xlarge', L4, 4, 16),
  row('g6.2xlarge', L4, 8, 32),
  row('g5.xlarge', A10G, 4, 16),
  row('g5.2xlarge', A10G, 8, 32),
  row('g6.4xlarge', L4, 16, 64),
  row('g5.4xlarge', A10G, 16, 64),
  row('g6e.xlarge', L40S, 4, 32),
  row('g6.8xlarge', L4, 32, 128),
  row('g6e.2xlarge', L40S, 8, 64),
  row('g5.8xlarge', A10G, 32, 128),
  row('g6e.4xlarge', L40S, 16, 128),
  row('g7e.2xlarge', RTX_PRO_6000, 8, 64),
  row('g7e.4xlarge', RTX_PRO_6000, 16, 128),
  row('g6e.8xlarge', L40S, 32, 256),
  row('g7e.8xlarge', RTX_PRO_6000, 32, 256),
  row('p5.4xlarge', H100, 16, 256),
  row('g6e.16xlarge', L40S, 64, 512),
];

/** What the stack rents unless it is told otherwise. */
export const DEFAULT_INSTANCE_TYPES = ['g6e.4xlarge', 'g6e.8xlarge'];

export const findInstanceType = (name: string) => INSTANCE_TYPES.find((type) => type.name === name);
