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

/** One request, sent once. Throws `EndpointFailure`. */
export type SendRequest = (request: StructuredRequest, signal: AbortSignal) => Promise<StructuredReply>;

/** One try that failed. */
export class EndpointFailure extends Error {
  /** HTTP status; undefined where no answer came, or none of use. */
  readonly status?: number;
  /** What the endpoint asks to wait before the next try. */
  readonly retryAfterSeconds?: number;

  constructor(
    message: string,
    { status, retryAfter, cause }: { status?: number; retryAfter?: string | null; cause?: unknown },
  ) {
    super(message, { cause });
    this.name = 'EndpointFailure';
    this.status = status;
    this.retryAfterSeconds = parseRetryAfter(retryAfter);
  }

  /** False where the same request would fail again: it is wrong, or not allowed. */
  get isPassing(): boolean {
    return this.status === undefined || [408, 409, 425, 429].includes(this.status) || this.status >= 500;
  }
}

/** Seconds of a `Retry-After` header, which has seconds or a date. */
function parseRetryAfter(header: string | null | undefined): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number.isNaN(Number(header)) ? (Date.parse(header) - Date.now()) / 1000 : Number(header);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
