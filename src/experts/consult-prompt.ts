import type { DeadLetter, Said } from '../schema/dead-letter.ts';
import { EndpointError } from '../schema/errors.ts';
import type { Consultation, ExpertAnswer, ExpertUsage } from '../schema/expert-answer.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Refused, Reply } from './expert.ts';
import type { ActiveExpert } from './index.ts';
import { type VerifiedAnswer, verifyAnswer } from './verify-answer.ts';

/** What came of asking about one prompt. */
export interface ConsultedPrompt {
  /** The best answer, whether it may teach or not; absent where there was no response. */
  answer?: ExpertAnswer;
  /** Where none may teach. */
  deadLetter?: DeadLetter;
  /** Of every reply that told what it took. */
  usages: readonly ExpertUsage[];
  /** The endpoint failed at every try, and no answer may teach. */
  outage?: EndpointError;
}

/** One reply, or that none came. */
type Heard = Pick<Said, 'answer' | 'attempt' | 'usage'> &
  ({ kind: 'response'; verified: VerifiedAnswer } | { kind: 'failed'; failure: string; outage?: EndpointError });
type Response = Extract<Heard, { kind: 'response' }>;

/**
 * Asks the expert about a prompt: as many answers as the run wants, each tried again with what was wrong with it up to the
 * bound. Of several that may teach the one of the highest reward does, of equal ones the shortest, then the first.
 */
export async function consultPrompt(expert: ActiveExpert, prompt: Prompt): Promise<ConsultedPrompt> {
  const heard = await hearExpert(expert, prompt);
  const usages = heard.flatMap(({ usage }) => usage ?? []);
  const responses = heard.filter((each) => each.kind === 'response');
  const best = chooseBest(responses.filter(({ verified }) => verified.isVerified)) ?? responses.at(-1);
  const answer = best && describeAnswer(expert, prompt, best, usages);
  if (answer?.isVerified) return { answer, usages };
  const deadLetter: DeadLetter = {
    prompt,
    provider: expert.name,
    reason: answer?.refusal ?? 'unanswered',
    said: heard.map(toSaid),
  };
  const outage = heard.flatMap((each) => (each.kind === 'failed' ? (each.outage ?? []) : []))[0];
  return { answer, deadLetter, usages, outage };
}

async function hearExpert(expert: ActiveExpert, prompt: Prompt): Promise<Heard[]> {
  const heard: Heard[] = [];
  for (let answer = 0; answer < expert.answersPerPrompt; answer += 1) {
    if ((await hearAnswer(expert, prompt, answer, heard)) === 'silent') break;
  }
  return heard;
}

/** Adds what is said for one answer, until it may teach or the tries are used up. */
async function hearAnswer(expert: ActiveExpert, prompt: Prompt, answer: number, heard: Heard[]) {
  const refused: Refused[] = [];
  for (let attempt = 1; attempt <= expert.maxAttempts; attempt += 1) {
    const reply = await replyOf(expert, { prompt, answer, refused, replies: heard.length });
    if (reply.kind === 'silent') return 'silent';
    const place = { answer, attempt, ...(reply.usage && { usage: reply.usage }) };
    if (reply.kind === 'failed') {
      const { failure, outage } = reply;
      heard.push({ kind: 'failed', ...place, failure, outage });
      // Where one request failed at all tries, the next would wait as long for nothing.
      return outage ? 'silent' : 'heard';
    }
    const verified = await verifyAnswer(prompt, reply.response, expert.demands, reply.flaw);
    heard.push({ kind: 'response', ...place, verified });
    if (verified.isVerified) return 'heard';
    refused.push({ response: reply.response, feedback: verified.feedback });
  }
  return 'heard';
}

type OwnReply = Exclude<Reply, { kind: 'failed' }> | (Extract<Reply, { kind: 'failed' }> & { outage?: EndpointError });

async function replyOf(expert: ActiveExpert, question: Parameters<ActiveExpert['reply']>[0]): Promise<OwnReply> {
  try {
    return await expert.reply(question);
  } catch (error) {
    if (!(error instanceof EndpointError)) throw error;
    return { kind: 'failed', failure: error.message, outage: error };
  }
}

function chooseBest(responses: readonly Response[]): Response | undefined {
  const rewardOf = ({ verified }: Response) => verified.reward ?? 0;
  const lengthOf = ({ verified }: Response) => verified.response.length;
  return responses.toSorted((left, right) => rewardOf(right) - rewardOf(left) || lengthOf(left) - lengthOf(right))[0];
}

function describeAnswer(
  { name }: ActiveExpert,
  { promptId }: Prompt,
  { verified, ...place }: Response,
  usages: readonly ExpertUsage[],
): ExpertAnswer {
  const { response, isVerified, evidence, reward, rewardBreakdown } = verified;
  return {
    promptId,
    provider: name,
    response,
    isVerified,
    evidence,
    ...(!verified.isVerified && { refusal: verified.reason }),
    ...(rewardBreakdown && { reward, rewardBreakdown }),
    ...(place.usage && { consultation: describeConsultation(place, usages) }),
  };
}

function describeConsultation(
  { answer, attempt, usage }: Pick<Response, 'answer' | 'attempt' | 'usage'>,
  usages: readonly ExpertUsage[],
): Consultation {
  const total = (of: (usage: ExpertUsage) => number) => usages.reduce((sum, each) => sum + of(each), 0);
  return {
    ...(usage?.model !== undefined && { model: usage.model }),
    answer,
    attempt,
    replies: usages.length,
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    ...(usages.some(({ dollars }) => dollars !== undefined) && { dollars: total(({ dollars = 0 }) => dollars) }),
    waitSeconds: total(({ waitSeconds }) => waitSeconds),
  };
}

function toSaid(heard: Heard): Said {
  const { answer, attempt, usage } = heard;
  const place = { answer, attempt, ...(usage && { usage }) };
  if (heard.kind === 'failed') return { kind: 'failed', ...place, failure: heard.failure };
  const { response, evidence, ...verdict } = heard.verified;
  // All that a dead letter holds was refused: were one verified, there would be none.
  const reason = verdict.isVerified ? 'wrong' : verdict.reason;
  return { kind: 'refused', ...place, response, reason, evidence };
}
