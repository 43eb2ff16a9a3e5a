/** US dollars for a million tokens, as a run's config gives them too. */
export interface TokenPrice {
  inputPerMillionTokens: number;
  outputPerMillionTokens: number;
}

/**
 * What models that see ask by the token, on demand and without discounts: list prices for a plan, where the config has none. Read
 * on 2026-11-29 in genai-prices 0.2.3 of PyPI (github.com/pydantic/genai-prices); of Bedrock those of a region, since `global.`
 * profiles of newer models are a tenth cheaper.
 */
const LIST_PRICES: Readonly<Record<string, Readonly<Record<string, readonly [input: number, output: number]>>>> = {
  bedrock: {
    'amazon.nova-lite-v1:0': [0.06, 0.24],
    'amazon.nova-pro-v1:0': [0.8, 3.2],
    'amazon.nova-premier-v1:0': [2.5, 12.5],
    'amazon.nova-2-lite-v1:0': [0.33, 2.75],
    'anthropic.claude-haiku-4-5-20251001-v1:0': [1.1, 5.5],
    'anthropic.claude-sonnet-4-20250514-v1:0': [3, 15],
    'anthropic.claude-sonnet-4-5-20250929-v1:0': [3.3, 16.5],
    'mistral.pixtral-large-2502-v1:0': [2, 6],
    'qwen.qwen3-vl-235b-a22b-v1:0': [0.53, 2.66],
  },
  openai: {
    'gpt-4o': [2.5, 10],
    'gpt-4o-mini': [0.15, 0.6],
    'gpt-4.1': [2, 8],
    'gpt-4.1-mini': [0.4, 1.6],
    'gpt-5': [1.25, 10],
    'gpt-5-mini': [0.25, 2],
  },
};

/** A cross-region profile of Bedrock names the region before the model. */
const PROFILE = /^(?:us|eu|apac|jp|au|global)\./;

/** The list price of a model by its id; undefined where no source was read. */
export function listPriceOf({ provider, model }: { provider: string; model: string }): TokenPrice | undefined {
  const listed = LIST_PRICES[provider]?.[model.replace(PROFILE, '')];
  return listed && { inputPerMillionTokens: listed[0], outputPerMillionTokens: listed[1] };
}

/** US dollars of so many tokens. */
export const usdOfTokens = (price: TokenPrice, { inputTokens, outputTokens }: Tokens): number =>
  (inputTokens * price.inputPerMillionTokens + outputTokens * price.outputPerMillionTokens) / 1e6;

export interface Tokens {
  inputTokens: number;
  outputTokens: number;
}
