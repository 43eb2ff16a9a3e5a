/** A question to a language model whose answer must fit a JSON schema. */
export interface StructuredRequest {
  system: string;
  user: string;
  /** Name of the answer, as the model sees it. */
  answerName: string;
  answerDescription: string;
  /** JSON schema of an object. */
  answerSchema: Record<string, JsonValue>;
  maxOutputTokens: number;
}

/** What a schema is made of. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** The answer, unchecked, and the tokens the endpoint counted. */
export interface StructuredReply {
  value: unknown;
  inputTokens: number;
  outputTokens: number;
}
