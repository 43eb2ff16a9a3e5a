import type { Finding } from '../../base/finding.ts';
import { RiseError } from '../../schema/errors.ts';
import { explainAwsError } from '../explain-aws-error.ts';
import type { Check, CheckContext } from './check.ts';

/** Runs checks, all at once, and gives their findings in order; one that AWS refuses to answer says so. */
export async function examine(checks: Readonly<Record<string, Check>>, context: CheckContext): Promise<Finding[]> {
  const findings = await Promise.all(
    Object.entries(checks).map(([name, check]) => check(context).catch((error) => [unanswered(name, error)])),
  );
  return findings.flat();
}

/** A question that was not answered, with the reason that AWS or the SDK gave. */
export function unanswered(name: string, error: unknown): Finding {
  const explained = explainAwsError(error);
  const { name: kind, message } = explained as Error;
  const remedy = explained instanceof RiseError ? message : `${kind}: ${message}`;
  return { name, value: 'could not be asked', remedy };
}
