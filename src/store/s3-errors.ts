import { EndpointError, InvalidInputError, NotFoundError } from '../schema/errors.ts';

/** Address of an object, as the SDK's calls take it. */
export interface S3Object {
  Bucket: string;
  Key: string;
}

/** Names of errors that say there are no credentials, or none that hold. */
export const CREDENTIAL_FAULTS = [
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
];

/** Codes of errors of a connection that does not come about, or breaks. */
export const CONNECTION_FAULTS = ['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN'];

/** HTTP status of an answer that the SDK threw; undefined for every other error. */
export const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;

/** How often the SDK sent a request before it gave up with this error. */
export const attemptsOf = (error: unknown): number =>
  (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1;

/**
 * Says in this project's terms what S3 or the SDK refused, where a person can set it right; others stay as they are.
 */
export function explainS3Error(cause: unknown, { Bucket, Key }: S3Object): unknown {
  const { name, message, code } = cause as Error & { code?: string };
  const place = `s3://${Bucket}/${Key}`;
  // A request for the header alone is answered without a code.
  if (name === 'NoSuchKey' || name === 'NotFound') {
    return new NotFoundError(`${place} is not there; run the stage that writes it first`, { cause });
  }
  if (name === 'NoSuchBucket') {
    return new InvalidInputError(`${place}: there is no bucket ${Bucket}; create it, or correct its name`, { cause });
  }
  if (message === 'Region is missing') {
    return new InvalidInputError(`${place}: no AWS region is set; set AWS_REGION, or region in your profile`, {
      cause,
    });
  }
  if (code !== undefined && CONNECTION_FAULTS.includes(code)) {
    const remedy = 'check the network, the region and AWS_ENDPOINT_URL, then run the same again to go on';
    return new EndpointError(
      `${place} cannot be reached (${message}, at the last of ${attemptsOf(cause)} tries); ${remedy}`,
      { cause },
    );
  }
  if (CREDENTIAL_FAULTS.includes(name)) {
    const remedy = 'run aws configure or aws sso login, or name a profile in AWS_PROFILE';
    return new InvalidInputError(`${place}: no valid AWS credentials (${message}); ${remedy}`, { cause });
  }
  if (statusOf(cause) === 403) {
    const remedy = 'allow this principal to list the bucket and to get, put and delete its objects';
    return new InvalidInputError(`${place}: access denied (${message}); ${remedy}`, { cause });
  }
  return cause;
}
