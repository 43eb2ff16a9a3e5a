import { reportError } from '../../../src/cli/report-error.ts';
import { InterruptedError, InvalidInputError } from '../../../src/schema/errors.ts';

describe('an error of a command', () => {
  let out: jest.SpyInstance;
  let err: jest.SpyInstance;

  beforeEach(() => {
    out = jest.spyOn(console, 'log').mockImplementation(() => {});
    err = jest.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(() => jest.restoreAllMocks());

  it('shows its message alone when we threw it on purpose', () => {
    expect(reportError(new InvalidInputError('run.yaml:3 is wrong'), ['run'])).toBe(1);
    expect(err).toHaveBeenCalledWith('run.yaml:3 is wrong');
    expect(out).not.toHaveBeenCalled();
  });

  it('shows where it comes from when nobody expected it', () => {
    expect(reportError(new TypeError('x is not a function'), ['run'])).toBe(1);
    expect(err).toHaveBeenCalledWith(expect.stringMatching(/x is not a function\n\s+at /));
  });

  it('is one JSON object on standard output with --json', () => {
    expect(reportError(new InvalidInputError('no such file'), ['run', '--json'])).toBe(1);
    expect(out).toHaveBeenCalledWith('{"error":{"name":"InvalidInputError","message":"no such file"}}');
    expect(err).not.toHaveBeenCalled();
  });

  it('exits with 130 after an interruption', () => {
    expect(reportError(new InterruptedError('stopped in rollouts'), ['run'])).toBe(130);
  });
});
