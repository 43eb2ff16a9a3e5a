import { prepareResponse, type ResponseDemands } from '../rewards/index.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { ExpertAnswer } from '../schema/route.ts';
import type { ActiveExpert } from './index.ts';

/** The expert's answers to the prompts that it has one for, each verified, in their order. */
export async function consult(
  expert: ActiveExpert,
  prompts: readonly Prompt[],
  demands: ResponseDemands,
): Promise<ExpertAnswer[]> {
  const answers: ExpertAnswer[] = [];
  for (const prompt of prompts) {
    const response = await expert.answer(prompt);
    if (response !== undefined) answers.push(verifyAnswer(prompt, expert.name, response, demands));
  }
  return answers;
}

/** The expert's answer with the verdict on it and on its format, and the evidence; where it may be, it is put into the format. */
export function verifyAnswer(
  prompt: Prompt,
  provider: string,
  response: string,
  demands: ResponseDemands,
): ExpertAnswer {
  const prepared = prepareResponse(prompt, response, demands);
  const { evidence } = prepared;
  const { promptId } = prompt;
  if (prepared.kind === 'usable') {
    return { promptId, provider, response: prepared.response, isVerified: true, evidence };
  }
  return { promptId, provider, response, isVerified: false, evidence, refusal: prepared.reason };
}
