import { hostname } from 'node:os';

/** A process of this host or another. */
export interface ProcessMark {
  pid: number;
  host: string;
}

export const thisProcess = (): ProcessMark => ({ pid: process.pid, host: hostname() });

/** Whether it is known to have ended: of another host's nobody here knows. */
export function hasEnded({ pid, host }: ProcessMark): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/** A file name for what is not to outlast this process. */
export const nameForProcess = (unique: string) => `${process.pid}@${hostname()}@${unique}`;

/** Whether `nameForProcess` gave the name in a process that has ended. */
export function isLeftover(name: string): boolean {
  const parts = /^(\d+)@([^@]+)@/.exec(name);
  return parts !== null && hasEnded({ pid: Number(parts[1]), host: parts[2] });
}
