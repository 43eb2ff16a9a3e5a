import { type GradeOptions, gradeAnswer } from '../rewards/index.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { ExpertAnswer } from '../schema/route.ts';
import type { ActiveExpert } from './index.ts';

/** The expert's answers to the prompts that it has one for, each verified, in their order. */
export async function consult(
  expert: ActiveExpert,
  prompts: readonly Prompt[],
  gradeOptions: GradeOptions = {},
): Promise<ExpertAnswer[]> {
  const answers: ExpertAnswer[] = [];
  for (const prompt of prompts) {
    const response = await expert.answer(prompt);
    if (response !== undefined) answers.push(verifyAnswer(prompt, expert.name, response, gradeOptions));
  }
  return answers;
}

/** The expert's answer with the verdict of the accuracy reward and its evidence. */
export function verifyAnswer(
  prompt: Prompt,
  provider: string,
  response: string,
  gradeOptions: GradeOptions = {},
): ExpertAnswer {
  const { verdict, reason } = gradeAnswer(prompt, response, gradeOptions);
  const isVerified = verdict === 'correct';
  return { promptId: prompt.promptId, provider, response, isVerified, evidence: `${verdict}: ${reason}` };
}
