import { RiseError } from '../schema/errors.ts';

/** An error Step Functions itself raises, under its documented name. */
export class StepFunctionsError extends RiseError {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** Terminal on AWS as well: neither `Retry` nor `Catch` sees it. The interpreter asks these two fields. */
export class DataLimitExceededError extends StepFunctionsError {
  readonly isRetryable = false;
  readonly isCatchable = false;

  constructor(message: string) {
    super('States.DataLimitExceeded', message);
  }
}
