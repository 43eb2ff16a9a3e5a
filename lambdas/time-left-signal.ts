/** What a handler is told of its call by Lambda, and not where a stage is called on a user's machine. */
export interface CallContext {
  getRemainingTimeInMillis(): number;
}

/** Enough to write down what is done. */
const MARGIN_MILLISECONDS = 20_000;

/** Aborts shortly before Lambda ends the call; never where no context says when. */
export function timeLeftSignal(context?: CallContext): AbortSignal {
  if (!context) return new AbortController().signal;
  return AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - MARGIN_MILLISECONDS));
}
