import { z } from 'zod';
import { withoutLabels } from '../rewards/accuracy/option-labels.ts';

/** Beyond 2^53 JSON.parse has rounded a whole number already: another one would be graded against. */
const number = z
  .number()
  .refine(
    (value) => Math.abs(value) <= Number.MAX_SAFE_INTEGER,
    'a number beyond 2^53 loses digits; write it as a string',
  );
const text = z.union([z.string(), number]).transform(String);

/**
 * One line of a dataset file: our own names (`promptId`, `images`, `groundTruth`, `tier`), or those common in published
 * benchmarks such as MATH-Vision (`id`, `image`, `answer`, `subject`, `level`). Other fields are ignored.
 */
export const DatasetRow = z
  .object({
    promptId: text.optional(),
    id: text.optional(),
    question: z.string().min(1),
    images: z.array(z.string()).nullish(),
    image: z.string().nullish(),
    options: z.array(text).nullish(),
    groundTruth: text.optional(),
    answer: text.optional(),
    annotations: z.array(z.string()).nullish(),
    solution: z.string().nullish(),
    tier: z.string().nullish(),
    subject: z.string().nullish(),
    level: text.nullish(),
  })
  .transform((row, context) => {
    const promptId = row.promptId ?? row.id;
    const groundTruth = row.groundTruth ?? row.answer;
    if (!promptId) context.addIssue({ code: 'custom', message: 'promptId (or id) is missing' });
    if (!groundTruth) context.addIssue({ code: 'custom', message: 'groundTruth (or answer) is missing' });
    return {
      promptId: promptId ?? '',
      question: row.question,
      imagePaths: row.images ?? (row.image ? [row.image] : []),
      groundTruth: groundTruth ?? '',
      tier: row.tier ?? row.subject ?? (row.level ? `level ${row.level}` : undefined),
      ...(row.options?.length && { options: withoutLabels(row.options) }),
      ...(row.annotations && { annotations: row.annotations }),
      ...(row.solution && { solution: row.solution }),
    };
  });
export type DatasetRow = z.infer<typeof DatasetRow>;
