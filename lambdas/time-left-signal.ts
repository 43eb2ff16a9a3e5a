import type { CallContext } from './stage-handler.ts';

/** Enough to write down what is done. */
const MARGIN_MILLISECONDS = 20_000;

/** Aborts shortly before Lambda ends the call; never where no context says when. */
export function timeLeftSignal(context?: CallContext): AbortSignal {
  if (!context) return new AbortController().signal;
  return AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - MARGIN_MILLISECONDS));
}
