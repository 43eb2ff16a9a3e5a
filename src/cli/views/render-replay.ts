import type { Difference, Replay } from '../../routing/replay-run.ts';

/** Whether a run's decisions follow from its scores, and else where they first do not. */
export function renderReplay({ runId, prompts, difference }: Replay): string {
  if (difference) return `After ${prompts} prompts of run ${runId} that are equal:\n${describeDifference(difference)}`;
  return `The decisions on all ${prompts} prompts of run ${runId} follow from its scores, byte for byte.`;
}

function describeDifference({ key, line, promptId, field, stored, recomputed }: Difference): string {
  const place = `${key}:${line}${promptId === undefined ? '' : ` (${promptId})`}`;
  if (field === undefined) return `${place} is not the line that follows from the scores.`;
  return `${place} differs in ${field}:\n  stored      ${JSON.stringify(stored)}\n  recomputed  ${JSON.stringify(recomputed)}`;
}
