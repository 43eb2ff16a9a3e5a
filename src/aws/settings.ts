/** Which account and region a command means, where its line says so. */
export interface AwsOptions {
  profile?: string;
  region?: string;
}

const STATIC_CREDENTIALS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/**
 * Makes the SDK, and the commands started from here, choose as the AWS CLI does, where they differ:
 * `--profile` comes before keys in the environment, those before `AWS_PROFILE`; `AWS_DEFAULT_REGION` counts.
 * `findRegion` gives the region the SDK finds by itself. Changes the environment it is given.
 */
export async function settleAwsEnvironment(
  environment: NodeJS.ProcessEnv,
  { profile, region }: AwsOptions,
  findRegion: () => Promise<string | undefined>,
): Promise<void> {
  if (profile !== undefined) {
    environment.AWS_PROFILE = profile;
    for (const name of STATIC_CREDENTIALS) delete environment[name];
  }
  if (region !== undefined) environment.AWS_REGION = region;
  else if (environment.AWS_DEFAULT_REGION) environment.AWS_REGION ??= environment.AWS_DEFAULT_REGION;
  if (environment.AWS_PROFILE && environment.AWS_ACCESS_KEY_ID && environment.AWS_SECRET_ACCESS_KEY) {
    // The region is still the profile's; with the profile in place, the SDK would take its credentials too.
    const found = await findRegion();
    if (found !== undefined) environment.AWS_REGION = found;
    delete environment.AWS_PROFILE;
  }
}
