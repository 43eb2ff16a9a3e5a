import { readFileSync } from 'node:fs';
import { describeSystemError } from '../../../src/base/system-error.ts';

const caught = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('an error of a system call', () => {
  it.each([
    [() => readFileSync('/nowhere/x'), '/nowhere/x: there is no such file or folder; correct the path (ENOENT)'],
    [() => readFileSync('/dev/null/x'), /^\/dev\/null\/x: a part of the path is a file, .* \(ENOTDIR\)$/],
  ])('is told in one line: %s', (work, told) => {
    const error = caught(work) as Error;
    expect(describeSystemError(error) ?? error.message).toMatch(told);
  });

  it.each([
    ['ENOSPC', /^\/store\/x: the disk is full; make room/],
    ['EACCES', /^\/store\/x: permission denied; allow this user/],
    ['EROFS', /^\/store\/x: the disk is read-only/],
  ])('%s says what to do', (code, told) => {
    const error = Object.assign(new Error('refused'), { code, syscall: 'open', path: '/store/x' });
    expect(describeSystemError(error)).toMatch(told);
  });

  it('is no other error', () => {
    expect(describeSystemError(new Error('x'))).toBeUndefined();
    expect(describeSystemError(Object.assign(new Error('x'), { code: 'ERR_ASSERTION' }))).toBeUndefined();
  });
});
