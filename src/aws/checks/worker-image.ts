import type { Finding } from '../../base/finding.ts';
import { findDigest } from '../image/repository.ts';
import type { Check } from './check.ts';

/** Whether the image that jobs will ask for is there. */
function readImage(tag: string, digest: string | undefined): Finding {
  const name = 'Worker image';
  if (digest !== undefined) return { name, value: tag === digest ? tag : `${tag}, ${digest}` };
  return {
    name,
    value: `${tag} is not in the repository`,
    remedy: 'run rise image, or rise image --in-aws where there is no Docker',
  };
}

/** The image of the deployed job definitions, in the repository of the data stack. */
export const checkImage: Check = async ({ deployment, choices }) => {
  if (!deployment) return [];
  return [
    readImage(choices.imageTag, await findDigest({ repositoryUri: deployment.workerImages, tag: choices.imageTag })),
  ];
};
