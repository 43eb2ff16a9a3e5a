import type { JudgeUsage } from '../../schema/trajectory.ts';

/** Which of the facts a response states. */
export interface Judgement {
  /** One per fact, in their order; undefined where the judge gave no verdict. */
  verdicts: (boolean | undefined)[];
  /** Absent where judging is free. */
  usage?: JudgeUsage;
}

/** Someone who says of each fact whether a response states it: presence, not truth. */
export interface Judge {
  /** As evidence names it, e.g. `bedrock MODEL_ID`. */
  name: string;
  judge(facts: readonly string[], response: string): Judgement | Promise<Judgement>;
}
