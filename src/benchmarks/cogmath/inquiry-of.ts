import { InvalidInputError } from '../../schema/errors.ts';
import { Inquiry } from '../../schema/inquiry.ts';
import type { Prompt } from '../../schema/prompt.ts';

/** What a prompt is to a problem. Throws `InvalidInputError` where it does not say so. */
export function inquiryOf({ promptId, details }: Prompt): Inquiry {
  const inquiry = Inquiry.safeParse(details?.cogmath);
  if (inquiry.success) return inquiry.data;
  throw new InvalidInputError(
    `prompt ${promptId} has no details.cogmath, which CogMath goes by; leave the data out for the inquiries about charts`,
  );
}
