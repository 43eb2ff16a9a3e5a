import { z } from 'zod';
import type { Json } from '../local/definition.ts';
import { FUNCTION_NAMES, type FunctionName, STAGES } from '../schema/stages.ts';
import { runPlan } from '../stages/plan/run-plan.ts';
import { runValidate } from '../stages/validate/run-validate.ts';
import type { Store } from '../store/store.ts';
import type { Account } from './account.ts';
import { LOG_BYTES_PER_CALL } from './assumptions.ts';
import { modelFunction } from './model-functions.ts';
import { nameOf, type Setting } from './setting.ts';
import type { StoredKind } from './storage.ts';

const Invoke = z.object({ FunctionName: z.string().transform(nameOf).pipe(z.enum(FUNCTION_NAMES)), Payload: z.json() });

/** What Lambda says of a call, beside the payload that it returns. */
const INVOCATION = { ExecutedVersion: '$LATEST', SdkHttpMetadata: 'x'.repeat(900), StatusCode: 200 };

/** So many calls of each task, of which so many run at once. */
export interface Repetition {
  items: number;
  atOnce: number;
}

/** Stands in for Lambda: a call takes its modelled time, and counts for all its repetitions. */
export function createSimulatedFunctions({ clock, store, config, assumptions }: Setting, account: Account) {
  const { ledger, usage, storage, intervals } = account;
  return async (state: string, parameters: Json, { items, atOnce }: Repetition): Promise<unknown> => {
    const { FunctionName, Payload } = Invoke.parse(parameters);
    const use = modelFunction(FunctionName, Payload, config, assumptions);
    ledger.note('functionSeconds', use.seconds, state);
    ledger.note('functionMemoryMiB', use.memoryMiB, state);
    ledger.note('s3ReadsPerSecond', (atOnce * use.s3Reads) / use.seconds, state);
    ledger.note('s3WritesPerSecond', (atOnce * use.s3Writes) / use.seconds, state);
    usage.functionCalls += items;
    usage.functionSeconds += items * use.seconds;
    usage.s3Reads += items * use.s3Reads;
    usage.s3Writes += items * use.s3Writes;
    usage.logBytes += items * LOG_BYTES_PER_CALL;
    const waves = Math.ceil(items / atOnce);
    intervals.functions.push({ start: clock.now(), end: clock.now() + waves * use.seconds, count: atOnce });
    await clock.sleep(use.seconds);
    for (const [kind, bytes] of Object.entries(use.stored))
      storage.write(kind as StoredKind, items * bytes, clock.now());
    return { ...INVOCATION, Payload: await answer(store, FunctionName, Payload) };
  };
}

/** What the machine branches on comes from the stages themselves; no state reads what the others return. */
async function answer(store: Store, name: FunctionName, event: unknown): Promise<unknown> {
  const deps = { store, report: () => {} };
  if (name === 'validate')
    return runValidate({ ...deps, machines: { rollout: [], training: [] } }, STAGES.validate.input.parse(event));
  if (name === 'check-budget') return STAGES['check-budget'].input.parse(event).state;
  if (name === 'plan') return runPlan(deps, STAGES.plan.input.parse(event));
  return {};
}
