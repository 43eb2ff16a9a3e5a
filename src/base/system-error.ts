/** What a person does about the calls that an operating system refuses, by the error's code. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; allow this user to read and write there',
  EPERM: 'permission denied; allow this user to read and write there',
  EROFS: 'the disk is read-only; give a place that can be written',
  ENOSPC: 'the disk is full; make room, then run the same again to go on',
  EDQUOT: 'the quota of the disk is used up; make room, then run the same again to go on',
  ENOTDIR: 'a part of the path is a file, not a folder; give another place',
  EEXIST: 'a part of the path is a file, not a folder; give another place',
  EISDIR: 'that is a folder, not a file; remove it, or give another place',
  ENOTEMPTY: 'that is a folder, not a file; remove it, or give another place',
  ENAMETOOLONG: 'the path is too long; give a shorter one',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENFILE: 'too many files are open on this machine',
  ENOENT: 'there is no such file or folder; correct the path',
  EIO: 'the disk does not answer as it should; look at its log',
};

/** An error of a system call in words: what was refused, where, what to do; undefined for any other error. */
export function describeSystemError(error: unknown): string | undefined {
  const { code, syscall, path, dest } = Object(error) as NodeJS.ErrnoException & { dest?: string };
  if (code === undefined || syscall === undefined || !Object.hasOwn(REMEDIES, code)) return undefined;
  return `${dest ?? path ?? syscall}: ${REMEDIES[code]} (${code})`;
}
