import type { Random } from '../../schema/random.ts';

/** How a token is drawn from its distribution. */
export interface SamplingSettings {
  /** 0 takes the most likely token. */
  temperature: number;
  /** Keeps the fewest tokens whose probabilities reach this sum. */
  topP: number;
  /** Keeps this many most likely tokens; 0 keeps all. */
  topK: number;
}

/**
 * Draws one token from logits; ties go to the lower id.
 * Returns its id and its log-probability under the untouched distribution (temperature 1, nothing cut).
 */
export function sampleToken(
  logits: Float32Array,
  settings: SamplingSettings,
  random: Random,
): { tokenId: number; logprob: number } {
  const greedyId = argMax(logits);
  const highest = logits[greedyId];
  const tokenId = settings.temperature === 0 ? greedyId : drawToken(logits, highest, settings, random);
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id] - highest);
  return { tokenId, logprob: logits[tokenId] - highest - Math.log(sum) };
}

function argMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Inverse of the cumulative distribution at one uniform draw, tokens in order of id, or of likelihood where some are cut. */
function drawToken(logits: Float32Array, highest: number, settings: SamplingSettings, random: Random): number {
  const masses = new Float64Array(logits.length);
  for (let id = 0; id < logits.length; id++) masses[id] = Math.exp((logits[id] - highest) / settings.temperature);
  if (settings.topK === 0 && settings.topP === 1) return drawIndex(masses, random);
  const candidates = keepLikely(masses, settings);
  return candidates[
    drawIndex(
      Float64Array.from(candidates, (id) => masses[id]),
      random,
    )
  ];
}

function drawIndex(masses: Float64Array, random: Random): number {
  let total = 0;
  for (let i = 0; i < masses.length; i++) total += masses[i];
  let remaining = random.next() * total;
  for (let i = 0; i < masses.length; i++) {
    remaining -= masses[i];
    if (remaining < 0) return i;
  }
  return masses.length - 1;
}

function keepLikely(masses: Float64Array, { topK, topP }: SamplingSettings): number[] {
  const byMass = [...masses.keys()].sort((a, b) => masses[b] - masses[a] || a - b);
  const likely = topK > 0 ? byMass.slice(0, topK) : byMass;
  let budget = topP * likely.reduce((sum, id) => sum + masses[id], 0);
  const count = likely.findIndex((id) => {
    budget -= masses[id];
    return budget <= 0;
  });
  return count < 0 ? likely : likely.slice(0, count + 1);
}
