/** Gradients in host memory, by parameter name. */
export type HostGradients = ReadonlyMap<string, Float32Array>;

/** Euclidean norm over all gradients together, summed in float64. */
export function globalNorm(gradients: HostGradients): number {
  let sum = 0;
  for (const values of gradients.values()) {
    for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  }
  return Math.sqrt(sum);
}

/**
 * Factor that scales gradients of norm `norm` down to `maxNorm`; 1 for those already under it.
 * `maxNorm / (norm + 1e-6)`, as `torch.nn.utils.clip_grad_norm_`.
 */
export function clipFactor(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}
