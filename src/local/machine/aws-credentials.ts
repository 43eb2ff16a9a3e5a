import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The source of the credentials that the AWS SDK would find, in its own order of search; never their values. */
export function awsCredentials(environment: NodeJS.ProcessEnv, home: string = homedir()): string {
  if (environment.AWS_ACCESS_KEY_ID && environment.AWS_SECRET_ACCESS_KEY) return 'environment variables';
  const files = [
    environment.AWS_SHARED_CREDENTIALS_FILE ?? join(home, '.aws', 'credentials'),
    environment.AWS_CONFIG_FILE ?? join(home, '.aws', 'config'),
  ].filter((file) => existsSync(file));
  if (files.length > 0) return `profile ${environment.AWS_PROFILE ?? 'default'} in ${files.join(' and ')}`;
  if (environment.AWS_WEB_IDENTITY_TOKEN_FILE) return 'web identity token';
  if (environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || environment.AWS_CONTAINER_CREDENTIALS_FULL_URI) {
    return 'container credentials';
  }
  return 'none (not needed to run on this machine)';
}
