import { shorten } from '../base/terminal-text.ts';
import { type ActiveReward, prepareResponse, type ResponseDemands, scoreTrajectory } from '../rewards/index.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { ExpertAnswer, RefusalReason } from '../schema/expert-answer.ts';
import type { Prompt } from '../schema/prompt.ts';

/** What a run asks of an answer before it may teach. */
export interface AnswerDemands extends ResponseDemands {
  /** The run's rewards; all but accuracy and format, which are asked first, are evidence. */
  rewards: readonly ActiveReward[];
  /** The least that a reward must give, by its name. */
  minRewards: Readonly<Record<string, number>>;
}

type Evidence = Pick<ExpertAnswer, 'response' | 'evidence' | 'reward' | 'rewardBreakdown'>;

/** An answer as it may teach, or why it may not and what its expert is told of that. */
export type VerifiedAnswer = Evidence &
  ({ isVerified: true } | { isVerified: false; reason: RefusalReason; feedback: string });

/** Accuracy and format are verdicts on their own. */
const ASKED_FIRST = ['accuracy', 'format'];

/** Throws `InvalidInputError` on a minimum of a reward that the run does not have. */
export function assertMinimaKnown({ rewards, minRewards }: Pick<AnswerDemands, 'rewards' | 'minRewards'>): void {
  const names = rewards.map(({ name }) => name).filter((name) => !ASKED_FIRST.includes(name));
  const unknown = Object.keys(minRewards).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const known = names.length === 0 ? 'it has none besides accuracy and format, which are asked of every answer' : names;
  throw new InvalidInputError(`expert.minRewards.${unknown} is of no reward of this run (${known}); correct the name`);
}

/**
 * Verifies an answer by the rewards of the run: it must be right, and in the format that the run asks for, into which it is
 * put where a rule can. Then every other reward scores it as a trajectory, of which it has the text and no tokens; those
 * with a minimum may refuse it.
 *
 * @param flaw what is known to be wrong with it beforehand
 */
export async function verifyAnswer(
  prompt: Prompt,
  response: string,
  demands: AnswerDemands,
  flaw?: string,
): Promise<VerifiedAnswer> {
  const prepared = prepareResponse(prompt, response, demands);
  const evidence = flaw === undefined ? prepared.evidence : `${prepared.evidence}; ${flaw}`;
  if (prepared.kind === 'refused') {
    const { reason } = prepared;
    return { response, evidence, isVerified: false, reason, feedback: tellRefusal(reason, prepared.stated, flaw) };
  }
  if (demands.rewards.every(({ name }) => ASKED_FIRST.includes(name))) {
    return { response: prepared.response, evidence, isVerified: true };
  }
  const trajectory = { trajectoryIndex: 0, text: prepared.response, tokenIds: [], finishReason: 'stop' as const };
  const { reward, rewardBreakdown } = await scoreTrajectory(prompt, trajectory, demands.rewards);
  const scored = { response: prepared.response, evidence, reward, rewardBreakdown };
  const low = Object.entries(demands.minRewards).find(([name, least]) => rewardBreakdown[name].value < least);
  if (low === undefined) return { ...scored, isVerified: true };
  const [name, least] = low;
  const { value } = rewardBreakdown[name];
  return {
    ...scored,
    evidence: `${evidence}; ${name} is ${value}, under the minimum of ${least}`,
    isVerified: false,
    reason: 'low-reward',
    feedback: `Your answer is right, but "${name}" values your response at ${value}, and ${least} is the least. ${ANEW}`,
  };
}

const ANEW = 'Solve the problem anew, and write the whole response again.';
const FORMAT =
  'Write <think> the reasoning that leads to the answer </think> <answer> the answer, in \\boxed{...} </answer> and nothing else.';

/**
 * What an expert is told. It is made of its own words alone: the evidence names the right answer, and so may that of any
 * reward.
 */
function tellRefusal(reason: RefusalReason, stated: string | undefined, flaw: string | undefined): string {
  const of = flaw === undefined ? '' : ` Of your response: ${flaw}.`;
  if (reason === 'unformatted') return `Your answer is right, but it is not in the format.${of} ${FORMAT}`;
  if (stated === undefined) return `Your response gives no final answer.${of} ${FORMAT}`;
  return `Your answer "${shorten(stated)}" was judged wrong.${of} Find what is wrong in the reasoning. ${ANEW}`;
}
