import type { S3 } from '@aws-sdk/client-s3';

/** The first and each retry; the waits between them double from a second when S3 says to slow down, up to 20 s. */
const MAX_ATTEMPTS = 8;
const CONNECTION_TIMEOUT_MILLISECONDS = 10_000;
/** The longest silence on a connection. */
const SOCKET_TIMEOUT_MILLISECONDS = 60_000;

/**
 * The S3 client every store of a bucket uses: credentials, region, profile and endpoint as the SDK finds them.
 * The SDK is loaded here, at the first call to S3, so that runs in a local folder do not wait for it.
 */
export async function createS3Client(): Promise<S3> {
  const { S3 } = await import('@aws-sdk/client-s3');
  const s3 = new S3({
    maxAttempts: MAX_ATTEMPTS,
    followRegionRedirects: true,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MILLISECONDS,
      socketTimeout: SOCKET_TIMEOUT_MILLISECONDS,
    },
  });
  // Emulators and other makes of S3 have no DNS name per bucket; whether one is meant only the SDK's settings tell.
  const { endpointProvider } = s3.config;
  s3.config.endpointProvider = (parameters, context) => {
    const isPathStyle = parameters.ForcePathStyle || parameters.Endpoint !== undefined;
    return endpointProvider({ ...parameters, ForcePathStyle: isPathStyle }, context);
  };
  return s3;
}
