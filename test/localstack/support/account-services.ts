import { z } from 'zod';

/** What an account's services refuse, by the name that the SDK looks for. */
export class AccountRefusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const Image = z.object({ repositoryName: z.string(), imageTag: z.string(), imageManifest: z.string() });
const Images = z.object({
  repositoryName: z.string(),
  imageIds: z.array(z.object({ imageTag: z.string().optional(), imageDigest: z.string().optional() })),
});

/** Quotas of a grown account, in vCPUs. */
const VCPUS = 768;

/** Services by whose answers `rise` goes ahead of a run: images are remembered, quotas are ample. */
export function createAccountServices() {
  const digests = new Map<string, string>();
  const operations: Record<string, (request: unknown) => object> = {
    GetAuthorizationToken: () => ({
      authorizationData: [{ authorizationToken: Buffer.from('AWS:password').toString('base64') }],
    }),
    PutImage(request) {
      const { repositoryName, imageTag } = Image.parse(request);
      digests.set(`${repositoryName}:${imageTag}`, `sha256:${String(digests.size).padStart(64, '0')}`);
      return {};
    },
    DescribeImages(request) {
      const { repositoryName, imageIds } = Images.parse(request);
      const [{ imageTag, imageDigest }] = imageIds;
      const images = [...digests].map(([name, digest]) => ({ imageDigest: digest, imageTags: [name.split(':')[1]] }));
      const image = images.find((each) => each.imageDigest === imageDigest || each.imageTags[0] === imageTag);
      if (image) return { imageDetails: [image] };
      throw new AccountRefusal('ImageNotFoundException', `${repositoryName} has no image ${imageTag ?? imageDigest}`);
    },
    GetServiceQuota: () => ({ Quota: { Value: VCPUS } }),
  };
  return { operations };
}
export type AccountServices = ReturnType<typeof createAccountServices>;
