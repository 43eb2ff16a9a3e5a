import { RiseError } from '../schema/errors.ts';

/** An error Step Functions itself raises, under its documented name. */
export class StepFunctionsError extends RiseError {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/**
 * A payload over what Step Functions carries. No `Retry` sees it; a `Catch` of `States.ALL` does, as recorded on AWS in 2024
 * by LocalStack's tests (`test_service_task_lambada_catch_state_all_data_limit_exceeded_on_large_utf8_response`), whatever the
 * guide says. The interpreter asks the field.
 */
export class DataLimitExceededError extends StepFunctionsError {
  readonly isRetryable = false;

  constructor(message: string) {
    super('States.DataLimitExceeded', message);
  }
}
