import type { Finding } from '../../base/finding.ts';
import { findImage, type StoredImage } from '../image/repository.ts';
import type { Check } from './check.ts';

/** Whether the image that the deployed job definitions name is there, and is the one that this checkout has chosen. */
function readImage(deployed: string, image: StoredImage | undefined, kept: unknown): Finding {
  const name = 'Worker image';
  if (image === undefined) {
    return {
      name,
      value: `${deployed} is not in the repository`,
      remedy: 'run rise image, or rise image --in-aws where there is no Docker',
    };
  }
  const names = new Set<unknown>([deployed, image.digest, ...image.tags]);
  const value = [...names].join(', ');
  if (kept === undefined || names.has(kept)) return { name, value };
  return {
    name,
    value: `the stack names ${value}, this checkout has chosen ${kept}`,
    remedy: `run rise deploy, with which jobs run the chosen one, or keep the other: rise deploy -c imageTag=${deployed}`,
  };
}

/** The image of the deployed job definitions, in the repository of the data stack. */
export const checkImage: Check = async ({ deployment, choices, kept }) => {
  if (!deployment) return [];
  const { imageTag } = choices;
  return [
    readImage(imageTag, await findImage({ repositoryUri: deployment.workerImages, tag: imageTag }), kept.imageTag),
  ];
};
