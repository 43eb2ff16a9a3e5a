import { DataLimitExceededError } from './local-errors.ts';

/** Of any state's input or output, as UTF-8 JSON. */
const MAX_PAYLOAD_BYTES = 256 * 1024;

/** Returns the value as JSON transport leaves it; throws `States.DataLimitExceeded` where AWS would. */
export function throughPayloadLimit<T>(value: T, place: string): T {
  const json = JSON.stringify(value ?? null);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new DataLimitExceededError(
      `${place} is ${bytes} bytes of JSON, Step Functions carries at most ${MAX_PAYLOAD_BYTES}; pass a store key instead`,
    );
  }
  return JSON.parse(json);
}
