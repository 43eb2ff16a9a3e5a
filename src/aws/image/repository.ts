import { services } from '../clients.ts';

/** An image of a repository, by its tag or, as `sha256:...`, its digest. */
export interface ImageReference {
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
  repositoryUri: string;
  tag: string;
}

/** The digest of an image that is in the repository; undefined where it is not. */
export async function findDigest({ repositoryUri, tag }: ImageReference): Promise<string | undefined> {
  const ecr = await services.ecr();
  const imageIds = [tag.startsWith('sha256:') ? { imageDigest: tag } : { imageTag: tag }];
  try {
    const { imageDetails = [] } = await ecr.describeImages({ repositoryName: nameOf(repositoryUri), imageIds });
    return imageDetails[0]?.imageDigest;
  } catch (error) {
    if ((error as Error).name === 'ImageNotFoundException') return undefined;
    throw error;
  }
}

/** The host of a repository, which Docker logs in to. */
export const registryOf = (repositoryUri: string) => repositoryUri.split('/')[0];
const nameOf = (repositoryUri: string) => repositoryUri.slice(repositoryUri.indexOf('/') + 1);

/** What `docker login` takes for the registry, for twelve hours. */
export async function readPassword(): Promise<string> {
  const ecr = await services.ecr();
  const { authorizationData = [] } = await ecr.getAuthorizationToken({});
  const [, password] = Buffer.from(authorizationData[0].authorizationToken!, 'base64').toString().split(':');
  return password;
}
