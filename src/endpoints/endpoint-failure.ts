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

  /** True where the endpoint answers others and not this request: what it asks is too long, or not allowed. */
  get isOfRequest(): boolean {
    return [400, 413, 422].includes(this.status ?? 0);
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
