import type { Prompt } from '../../schema/prompt.ts';
import type { GroupDetail, ImageFile } from './report-data.ts';

/** Puts an image of the run into the report and says which file it is. */
export type ShowImage = (image: Prompt['images'][number]) => Promise<ImageFile>;

/** What a group says of its prompt. */
export async function describePrompt(
  prompt: Prompt,
  showImage: ShowImage,
): Promise<Pick<GroupDetail, 'promptId' | 'question' | 'options' | 'groundTruth' | 'annotations' | 'tier' | 'images'>> {
  const { promptId, question, options, groundTruth, annotations, tier, images } = prompt;
  return {
    ...{ promptId, question, groundTruth, images: await Promise.all(images.map(showImage)) },
    ...(options && { options }),
    ...(annotations && { annotations }),
    ...(tier !== undefined && { tier }),
  };
}
