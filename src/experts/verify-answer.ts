import { gradeAnswer } from '../rewards/index.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { ExpertAnswer } from '../schema/route.ts';

/** The expert's answer with the verdict of the accuracy reward and its evidence. */
export function verifyAnswer(prompt: Prompt, provider: string, response: string): ExpertAnswer {
  const { verdict, reason } = gradeAnswer(prompt, response);
  const isVerified = verdict === 'correct';
  return { promptId: prompt.promptId, provider, response, isVerified, evidence: `${verdict}: ${reason}` };
}
