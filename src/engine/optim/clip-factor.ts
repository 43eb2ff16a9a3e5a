/**
 * Factor that scales gradients of norm `norm` down to `maxNorm`; 1 for those already under it.
 * `maxNorm / (norm + 1e-6)`, as `torch.nn.utils.clip_grad_norm_`.
 */
export function clipFactor(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}
