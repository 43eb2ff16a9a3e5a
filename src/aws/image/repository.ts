import { services } from '../clients.ts';

/** An image of a repository, by its tag or, as `sha256:...`, its digest. */
export interface ImageReference {
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`. */
  repositoryUri: string;
  tag: string;
}

/** An image as the repository has it. */
export interface StoredImage {
  /** `sha256:...`, of its content. */
  digest: string;
  tags: string[];
}

/** An image that is in the repository; undefined where it is not. */
export async function findImage({ repositoryUri, tag }: ImageReference): Promise<StoredImage | undefined> {
  const ecr = await services.ecr();
  const imageIds = [tag.startsWith('sha256:') ? { imageDigest: tag } : { imageTag: tag }];
  try {
    const { imageDetails = [] } = await ecr.describeImages({ repositoryName: nameOf(repositoryUri), imageIds });
    const [image] = imageDetails;
    return image && { digest: image.imageDigest!, tags: image.imageTags ?? [] };
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
