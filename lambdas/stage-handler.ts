import { InvalidInputError } from '../src/schema/errors.ts';
import { type FunctionName, type StageInput, stageOf } from '../src/schema/stages.ts';
import type { StageDeps } from '../src/stages/stage-deps.ts';
import { openStore } from '../src/store/open-store.ts';

/** What a handler is told of its call by Lambda, and not where a stage is called on a user's machine. */
export interface CallContext {
  getRemainingTimeInMillis(): number;
}

/** The handler of a Lambda stage: its event parsed as the table of stages says, its store named by `RISE_STORE`. */
export function stageHandler<N extends FunctionName, R>(
  name: N,
  run: (deps: StageDeps, input: StageInput<N>, context?: CallContext) => Promise<R>,
): (event: unknown, context?: CallContext) => Promise<R> {
  return async (event, context) => run(stageDeps(), stageOf(name).input.parse(event) as StageInput<N>, context);
}

/** A Lambda is short, so its progress goes nowhere. */
function stageDeps(): StageDeps {
  const uri = process.env.RISE_STORE;
  if (!uri) throw new InvalidInputError('RISE_STORE is not set; give the store URI, e.g. file:///folder');
  return { store: openStore(uri), report: () => {} };
}
