import type { Random } from '../../base/random.ts';

/** How a token is drawn from its distribution. */
export interface SamplingSettings {
  /** 0 takes the most likely token. */
  temperature: number;
  /** Keeps the fewest tokens whose probabilities reach this sum. */
  topP: number;
  /** Keeps this many most likely tokens; 0 keeps all. */
  topK: number;
  /** Lowers tokens already in the prompt or the completion (CTRL, arXiv 1909.05858): logits over 0 are divided by it, others multiplied. */
  repetitionPenalty?: number;
}

/** A token that could have been drawn, with its log-probability under the untouched distribution. */
export interface LikelyToken {
  tokenId: number;
  logprob: number;
}

/**
 * Draws one token from logits; ties go to the lower id.
 * Returns its id and its log-probability under the untouched distribution (temperature 1, nothing cut, no penalty).
 * @param seen ids that `repetitionPenalty` lowers
 */
export function sampleToken(
  logits: Float32Array,
  settings: SamplingSettings,
  random: Random,
  seen: ReadonlySet<number>,
): LikelyToken {
  const { repetitionPenalty = 1, temperature } = settings;
  const lowered = repetitionPenalty === 1 ? logits : penalizeSeen(logits, seen, repetitionPenalty);
  const greedyId = argMax(lowered);
  const tokenId = temperature === 0 ? greedyId : drawToken(lowered, lowered[greedyId], settings, random);
  const highest = lowered === logits ? logits[greedyId] : logits[argMax(logits)];
  return { tokenId, logprob: logits[tokenId] - highest - logMass(logits, highest) };
}

/** The likeliest tokens under the untouched distribution, from the likeliest on; ties go to the lower id. */
export function findLikeliest(logits: Float32Array, count: number): LikelyToken[] {
  const highest = logits[argMax(logits)];
  const total = logMass(logits, highest);
  const likeliest: LikelyToken[] = [];
  for (let tokenId = 0; tokenId < logits.length; tokenId++) {
    const logprob = logits[tokenId] - highest - total;
    if (likeliest.length === count && logprob <= likeliest[count - 1].logprob) continue;
    const place = likeliest.findIndex((other) => other.logprob < logprob);
    likeliest.splice(place < 0 ? likeliest.length : place, 0, { tokenId, logprob });
    likeliest.length = Math.min(likeliest.length, count);
  }
  return likeliest;
}

/** `log(sum(exp(logits - highest)))`. */
function logMass(logits: Float32Array, highest: number): number {
  let sum = 0;
  for (let id = 0; id < logits.length; id++) sum += Math.exp(logits[id] - highest);
  return Math.log(sum);
}

function penalizeSeen(logits: Float32Array, seen: ReadonlySet<number>, penalty: number): Float32Array {
  const lowered = logits.slice();
  for (const id of seen) lowered[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
  return lowered;
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
