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
  /** On demand, Linux, us-east-1. */
  hourUsd: number;
}

const L40S: Gpu = { name: 'L40S', memoryGiB: 44, peak: { flopsPerSecond: 362e12, bytesPerSecond: 864e9 } };
const L4: Gpu = { name: 'L4', memoryGiB: 22, peak: { flopsPerSecond: 121e12, bytesPerSecond: 300e9 } };
const A10G: Gpu = { name: 'A10G', memoryGiB: 22 };
const H100: Gpu = { name: 'H100', memoryGiB: 80, peak: { flopsPerSecond: 989e12, bytesPerSecond: 3350e9 } };
const RTX_PRO_6000: Gpu = { name: 'RTX PRO 6000', memoryGiB: 96 };

const row = (name: string, gpu: Gpu, vcpus: number, memoryGiB: number, hourUsd: number): InstanceType => {
  return { name, gpu, gpus: 1, vcpus, memoryGiB, hourUsd };
};

/**
 * Instance types with one GPU that jobs may run on, the cheapest first. Prices are list prices of the AWS Price List, read on
 * 2026-11-28 in public copies of it (captured on 2026-08-17 and 2026-09-25, equal to the cent); vCPUs and memory are those of
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html; peaks are from NVIDIA's data sheets.
 */
export const INSTANCE_TYPES: readonly InstanceType[] = [
  row('g6.xlarge', L4, 4, 16, 0.8048),
  row('g6.2xlarge', L4, 8, 32, 0.9776),
  row('g5.xlarge', A10G, 4, 16, 1.006),
  row('g5.2xlarge', A10G, 8, 32, 1.212),
  row('g6.4xlarge', L4, 16, 64, 1.3232),
  row('g5.4xlarge', A10G, 16, 64, 1.624),
  row('g6e.xlarge', L40S, 4, 32, 1.861),
  row('g6.8xlarge', L4, 32, 128, 2.0144),
  row('g6e.2xlarge', L40S, 8, 64, 2.24208),
  row('g5.8xlarge', A10G, 32, 128, 2.448),
  row('g6e.4xlarge', L40S, 16, 128, 3.00424),
  row('g7e.2xlarge', RTX_PRO_6000, 8, 64, 3.36312),
  row('g7e.4xlarge', RTX_PRO_6000, 16, 128, 3.99816),
  row('g6e.8xlarge', L40S, 32, 256, 4.52856),
  row('g7e.8xlarge', RTX_PRO_6000, 32, 256, 5.26824),
  row('p5.4xlarge', H100, 16, 256, 6.88),
  row('g6e.16xlarge', L40S, 64, 512, 7.57719),
];

/** What the stack rents unless it is told otherwise. */
export const DEFAULT_INSTANCE_TYPES = ['g6e.4xlarge', 'g6e.8xlarge'];

export const findInstanceType = (name: string) => INSTANCE_TYPES.find((type) => type.name === name);
