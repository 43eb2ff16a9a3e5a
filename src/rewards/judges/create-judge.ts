import { createLanguageModel } from '../../endpoints/language-model.ts';
import type { RewardServices } from '../reward.ts';
import type { Judge } from './judge.ts';
import type { JudgeOptions } from './judge-options.ts';
import { MATCHER_VERSION, matchFacts } from './matcher/match-facts.ts';
import { createModelJudge } from './model-judge.ts';

/** The judge that a config names. Throws `InvalidInputError` where its API key is not in the environment. */
export function createJudge(options: JudgeOptions, { environment, judgements }: RewardServices): Judge {
  if (options.provider !== 'matcher') return createModelJudge(createLanguageModel(options, environment), judgements);
  return {
    name: `matcher ${MATCHER_VERSION}`,
    judge: (facts, response) => ({ verdicts: matchFacts(facts, response) }),
  };
}
