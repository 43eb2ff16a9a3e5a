import { createContext, Script } from 'node:vm';
import { UnsupportedModelError } from '../../schema/errors.ts';

const slot: { work?: () => unknown } = {};
const context = createContext(slot);
const call = new Script('work()');

/**
 * Runs what a checkpoint's own template or pattern decides about, which need not end. V8 interrupts it, wherever it is: a loop,
 * or a pattern that backtracks.
 *
 * @param place what of the checkpoint runs, for messages
 * @throws UnsupportedModelError when it fails, or takes longer than `seconds`
 */
export function runWithinTime<T>(place: string, seconds: number, work: () => T): T {
  slot.work = work;
  try {
    return call.runInContext(context, { timeout: seconds * 1000 }) as T;
  } catch (error) {
    if (error instanceof UnsupportedModelError) throw error;
    throw new UnsupportedModelError(`${place}: ${describeFailure(error, seconds)}`, { cause: error });
  } finally {
    slot.work = undefined;
  }
}

function describeFailure(error: unknown, seconds: number): string {
  const { code, message = String(error) } = error as { code?: string; message?: string };
  return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    ? `does not end within ${seconds} s; is the checkpoint whole?`
    : message;
}
