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

  it('writes out the control characters of what it quotes', () => {
    const quoted = 'a\u001b[31m\u0007b\u009b2Jc\r\u202ed';
    expect(reportError(new InvalidInputError(`template: ${quoted}\n\tnext`), ['generate'])).toBe(1);
    expect(err).toHaveBeenCalledWith('template: a\\u001b[31m\\u0007b\\u009b2Jc\\u000d\\u202ed\n\tnext');
    reportError(new TypeError(quoted), ['generate']);
    expect(err).toHaveBeenLastCalledWith(expect.stringContaining('a\\u001b[31m\\u0007b\\u009b2Jc\\u000d\\u202ed\n'));
    reportError(new InvalidInputError(quoted), ['generate', '--json']);
    const line = out.mock.calls[0][0] as string;
    expect(line).toContain('\\u001b[31m\\u0007b\\u009b2Jc\\r\\u202ed');
    expect((JSON.parse(line) as { error: object }).error).toMatchObject({ message: quoted });
  });

  it('shows what a dataset or a model put into it, and sends none of it to the terminal', () => {
    reportError(new InvalidInputError('id \x1b[2J\x9b31m'), ['run']);
    expect(err).toHaveBeenCalledWith('id \\u001b[2J\\u009b31m');
    reportError(new InvalidInputError('id \x9b31m'), ['run', '--json']);
    expect(out).toHaveBeenCalledWith('{"error":{"name":"InvalidInputError","message":"id \\u009b31m"}}');
  });

  it('exits with 130 after an interruption', () => {
    expect(reportError(new InterruptedError('stopped in rollouts'), ['run'])).toBe(130);
  });
});
