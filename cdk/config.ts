import type { Node } from 'constructs';

/** What an account may set with `--context name=value`. */
export interface DeploymentConfig {
  /** Instance types of the GPU queues; several make spot capacity likelier. */
  readonly gpuInstanceTypes: string[];
  /** Per queue; 0 are kept running. */
  readonly maxVcpus: number;
  /** Of each job, to be met by the smallest of the instance types. */
  readonly jobVcpus: number;
  readonly jobMemoryGiB: number;
  /** Tag of the GPU worker's image in the repository that the data stack makes. */
  readonly imageTag: string;
}

/** The only reader of context. Throws on a value that is no positive whole number where one is due. */
export function readDeploymentConfig(node: Node): DeploymentConfig {
  const text = (name: string, fallback: string) => String(node.tryGetContext(name) ?? fallback);
  const whole = (name: string, fallback: number) => {
    const value = Number(node.tryGetContext(name) ?? fallback);
    if (Number.isInteger(value) && value > 0) return value;
    throw new Error(`context ${name} is ${node.tryGetContext(name)}; give a positive whole number`);
  };
  return {
    gpuInstanceTypes: text('gpuInstanceTypes', 'g6e.4xlarge,g6e.8xlarge').split(','),
    maxVcpus: whole('maxVcpus', 128),
    jobVcpus: whole('jobVcpus', 15),
    jobMemoryGiB: whole('jobMemoryGiB', 112),
    imageTag: text('imageTag', 'latest'),
  };
}
