export const OVERLONG_VERSION = '1';

/**
 * Soft overlong penalty of a response of `tokens` tokens: 0 up to `maxTokens - bufferTokens`, then falling linearly to -1
 * at `maxTokens`, `((L_max - L_c) - |y|) / L_c`. Source: DAPO, arXiv 2503.14476, eq. 13.
 */
export function overlongPenalty(tokens: number, maxTokens: number, bufferTokens: number): number {
  const excess = tokens - (maxTokens - bufferTokens);
  if (bufferTokens === 0 || excess <= 0) return 0;
  return -Math.min(1, excess / bufferTokens);
}
