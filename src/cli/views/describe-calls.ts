import type { ModelCalls } from '../../forecast/model-calls.ts';

/** What is asked of an expert or a judge, and by which price it is paid. */
export function describeCalls({ model, calls, inputTokens, outputTokens, price }: ModelCalls): string {
  const asked = `${whole(calls)} calls of ${model}, ${millions(inputTokens)} tokens in and ${millions(outputTokens)} out`;
  if (!price) return `${asked}: no price is known; give price in its options`;
  const { inputPerMillionTokens, outputPerMillionTokens, source } = price;
  const origin = source === 'list' ? ' by the list (src/sizing/model-prices.ts)' : '';
  return `${asked}, at ${inputPerMillionTokens} and ${outputPerMillionTokens} a million${origin}`;
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const millions = (tokens: number) => `${(tokens / 1e6).toLocaleString('en-US', { maximumSignificantDigits: 3 })} M`;
