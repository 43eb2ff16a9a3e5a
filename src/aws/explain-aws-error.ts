import { InvalidInputError, RiseError } from '../schema/errors.ts';
import { CONNECTION_FAULTS, CREDENTIAL_FAULTS } from '../store/s3-errors.ts';

const MORE_CREDENTIAL_FAULTS = [
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'UnrecognizedClientException',
];

/** Runs calls to AWS; what is refused for a reason that a person can set right comes out as `InvalidInputError`. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw explainAwsError(cause);
  }
}

/** Says what AWS or the SDK refused, and the remedy; errors of other kinds stay as they are. */
export function explainAwsError(cause: unknown): unknown {
  if (cause instanceof RiseError) return cause;
  const { name, message, code } = cause as Error & { code?: string };
  if (message === 'Region is missing') {
    return new InvalidInputError('No AWS region is set; give --region, or set AWS_REGION or region in your profile', {
      cause,
    });
  }
  if ([...CREDENTIAL_FAULTS, ...MORE_CREDENTIAL_FAULTS].includes(name)) {
    const remedy = 'run aws configure or aws sso login, or give a --profile that has them';
    const whose = process.env.AWS_PROFILE ? ` of profile ${process.env.AWS_PROFILE}` : '';
    return new InvalidInputError(`No valid AWS credentials${whose} (${message}); ${remedy}`, { cause });
  }
  if (name.startsWith('AccessDenied')) {
    return new InvalidInputError(
      `AWS denies access (${message}); allow this principal the action, or give another --profile`,
      {
        cause,
      },
    );
  }
  if (code !== undefined && CONNECTION_FAULTS.includes(code)) {
    return new InvalidInputError(`AWS cannot be reached (${message}); check the network and the name of the region`, {
      cause,
    });
  }
  return cause;
}
