import { RiseError } from '../schema/errors.ts';

/** What is said of a refusal besides its message. */
export interface ApiErrorDetails {
  status: number;
  /** OpenAI's name of the kind. */
  type?: 'invalid_request_error' | 'authentication_error' | 'rate_limit_error' | 'server_error';
  /** The argument at fault. */
  param?: string;
  code?: string;
  headers?: Record<string, string>;
}

/** A request that is refused, as OpenAI's API says it. */
export class ApiError extends RiseError {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: object;

  constructor(message: string, { status, type = 'invalid_request_error', param, code, headers = {} }: ApiErrorDetails) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = { error: { message, type, param: param ?? null, code: code ?? null } };
  }
}

/** Refuses an argument. */
export function badArgument(param: string, fault: string, code?: string): ApiError {
  return new ApiError(`${param}: ${fault}`, { status: 400, param, code });
}
