import type { RetryRule } from './batch-records.ts';

export interface EndedAttempt {
  exitCode: number;
  /** What is said of the job, such as that its host was terminated. */
  statusReason: string;
}

/**
 * Whether a failed attempt is followed by another: by the first rule all of whose conditions hold, and where none does,
 * it is (AWS Batch user guide, "Automated job retries").
 */
export function isRetried(rules: readonly RetryRule[], { exitCode, statusReason }: EndedAttempt): boolean {
  const rule = rules.find(
    (each) =>
      matches(each.onExitCode, String(exitCode)) &&
      // Of a container that ended by itself nothing more is said.
      matches(each.onReason, '') &&
      matches(each.onStatusReason, statusReason),
  );
  return rule === undefined || rule.action === 'RETRY';
}

/** A pattern may end with an asterisk, which stands for anything. */
function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
