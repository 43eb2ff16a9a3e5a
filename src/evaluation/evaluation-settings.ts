import { z } from 'zod';
import { SamplingConfig } from '../schema/config/sampling.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { EVALUATION_FILES, hasAnswers } from './evaluation-files.ts';

/** What decides the answers and the verdicts of an evaluation. */
export const EvaluationSettings = z.object({
  benchmark: z.string(),
  version: z.string(),
  judge: z.string().optional().describe('who read the answers; absent where rules did'),
  prompts: z.int().nonnegative(),
  completionsPerPrompt: z.int().positive(),
  sampling: SamplingConfig,
  systemPrompt: z.string().optional(),
  seed: z.int().nonnegative(),
  respondent: z.record(z.string(), z.string()),
});
export type EvaluationSettings = z.infer<typeof EvaluationSettings>;

/**
 * Keeps the settings with the evaluation. Throws `InvalidInputError` that names what differs where answers are kept there that
 * rest on others: who judges them may change.
 */
export async function keepSettings(store: Store, settings: EvaluationSettings): Promise<void> {
  const kept = (await hasAnswers(store))
    ? await readJsonIfPresent(store, EVALUATION_FILES.settings, EvaluationSettings)
    : undefined;
  const different = (Object.keys(settings) as (keyof EvaluationSettings)[]).filter(
    (name) => kept && name !== 'judge' && JSON.stringify(kept[name]) !== JSON.stringify(settings[name]),
  );
  if (kept && different.length > 0) {
    const told = different.map((name) => `${name} ${JSON.stringify(kept[name])}`).join(', ');
    throw new InvalidInputError(
      `--out holds another evaluation, of ${told}; name another folder, or the same settings`,
    );
  }
  await store.write(EVALUATION_FILES.settings, `${JSON.stringify(settings, null, 2)}\n`);
}
