import { EndpointError, InvalidInputError, NotFoundError } from '../../../src/schema/errors.ts';
import { explainS3Error } from '../../../src/store/s3-errors.ts';

const object = { Bucket: 'bucket', Key: 'prefix/key' };
const aBrokenConnection = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
const anError = (name: string, status?: number, message = 'as the SDK says it') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

describe('what S3 refuses', () => {
  it.each([
    [anError('NoSuchKey', 404), NotFoundError, 'run the stage that writes it'],
    [anError('NoSuchBucket', 404), InvalidInputError, 'no bucket bucket'],
    [anError('Error', undefined, 'Region is missing'), InvalidInputError, 'set AWS_REGION'],
    [anError('CredentialsProviderError'), InvalidInputError, 'as the SDK says it'],
    [anError('ExpiredToken', 400), InvalidInputError, 'aws sso login'],
    [anError('SignatureDoesNotMatch', 403), InvalidInputError, 'aws configure'],
    [anError('AccessDenied', 403), InvalidInputError, 'allow this principal'],
    [aBrokenConnection('ECONNREFUSED'), EndpointError, 'cannot be reached (connect ECONNREFUSED'],
    [aBrokenConnection('ENOTFOUND'), EndpointError, 'AWS_ENDPOINT_URL'],
    [anError('403', 403), InvalidInputError, 'allow this principal'],
  ])('%s is told with its place and remedy', (cause, kind, remedy) => {
    const explained = explainS3Error(cause, object) as Error;
    expect(explained).toBeInstanceOf(kind);
    expect(explained.message).toMatch(/^s3:\/\/bucket\/prefix\/key/);
    expect(explained.message).toContain(remedy);
    expect(explained.cause).toBe(cause);
  });

  it('stays as it is when a later try may succeed, or when it is no answer of S3', () => {
    for (const error of [anError('SlowDown', 503), anError('PreconditionFailed', 412), new TypeError('ours')]) {
      expect(explainS3Error(error, object)).toBe(error);
    }
  });
});
