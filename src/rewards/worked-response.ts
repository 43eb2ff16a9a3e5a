import type { RewardsConfig } from '../schema/config/rewards.ts';
import type { RefusalReason } from '../schema/expert-answer.ts';
import type { Prompt } from '../schema/prompt.ts';
import { GradeOptions } from './accuracy/decimal-comma.ts';
import { gradeAnswer } from './accuracy/grade-answer.ts';
import { isFormatted } from './format.ts';

type Question = Pick<Prompt, 'groundTruth' | 'options'>;

/** What a run asks of responses that it learns from. */
export interface ResponseDemands {
  /** Whether they must be in the format that the rewards ask for. */
  format: 'asked for' | 'free';
  /** How their answers are read. */
  grading: GradeOptions;
}

/** What the default rewards ask for. */
export const DEFAULT_DEMANDS: ResponseDemands = { format: 'asked for', grading: {} };

/** What the rewards of a run ask for: a weight of 0 leaves a reward out. */
export function responseDemandsOf({ format, accuracy }: Pick<RewardsConfig, 'format' | 'accuracy'>): ResponseDemands {
  return { format: format.weight === 0 ? 'free' : 'asked for', grading: GradeOptions.parse(accuracy.options) };
}

/** A worked solution or an expert's answer: as SFT may learn it, or why it may not. */
export type WorkedResponse =
  | { kind: 'usable'; response: string; evidence: string }
  | {
      kind: 'refused';
      reason: RefusalReason;
      evidence: string;
      remedy: string;
      /** The answer that was read in it, if there was one. */
      stated?: string;
    };

const LAYOUT = 'write <think> the reasoning </think> <answer> the answer </answer>';
const ANOTHER = 'correct it or the answer, or take it out';

/**
 * Grades a response and its format. One that is right and lacks the format is put into it where that takes no guess: what comes
 * before the answer is the thought, and the answer is what the accuracy reward reads.
 */
export function prepareResponse(
  prompt: Question,
  response: string,
  { format, grading }: ResponseDemands,
): WorkedResponse {
  const graded = gradeAnswer(prompt, response, grading);
  const evidence = `${graded.verdict}: ${graded.reason}`;
  if (graded.verdict !== 'correct') {
    const { extracted: stated } = graded;
    return { kind: 'refused', reason: 'wrong', evidence, remedy: stated === undefined ? LAYOUT : ANOTHER, stated };
  }
  if (format === 'free' || isFormatted(response)) return { kind: 'usable', response, evidence };
  const formatted = putIntoFormat(response.trim(), graded.extracted ?? '');
  if (
    formatted !== undefined &&
    isFormatted(formatted) &&
    gradeAnswer(prompt, formatted, grading).verdict === 'correct'
  ) {
    return { kind: 'usable', response: formatted, evidence: `${evidence}; put into the format` };
  }
  return { kind: 'refused', reason: 'unformatted', evidence: 'right, but not in the format', remedy: LAYOUT };
}

/** Think and answer tags around a response that has none, or the pair that it lacks; undefined where tags are astray. */
function putIntoFormat(response: string, answer: string): string | undefined {
  const tags = response.match(/<\/?(?:think|answer)>/g)?.join(' ') ?? '';
  switch (tags) {
    case '':
      return hasReasoning(response, answer) ? layOut(response, `\\boxed{${answer}}`) : undefined;
    case '<think> </think>': {
      const [, thought, rest] = /^<think>([\s\S]*)<\/think>([\s\S]*)$/.exec(response) ?? [];
      return thought === undefined ? undefined : layOut(thought, rest.trim());
    }
    case '<answer> </answer>': {
      const [, thought, stated] = /^([\s\S]*)<answer>([\s\S]*)<\/answer>$/.exec(response) ?? [];
      return thought === undefined ? undefined : layOut(thought.trim(), stated);
    }
    default:
      return undefined;
  }
}

const layOut = (thought: string, answer: string) => `<think>${thought}</think> <answer>${answer}</answer>`;

const CUES = /\\boxed|####|\b(?:so|thus|hence|therefore|the|final|correct|answer|option|choice|is|it|we|get)\b/gi;

/** True where a response says more than its answer: a bare answer would teach to think nothing. */
function hasReasoning(response: string, answer: string): boolean {
  return /[\p{L}\p{N}]/u.test(response.split(answer).join(' ').replace(CUES, ' '));
}
