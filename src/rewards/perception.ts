import { z } from 'zod';
import { createLanguageModel } from '../endpoints/language-model.ts';
import type { Judge, Judgement } from './judges/judge.ts';
import { JudgeOptions } from './judges/judge-options.ts';
import { MATCHER_VERSION, matchFacts } from './judges/matcher/match-facts.ts';
import { createModelJudge } from './judges/model-judge.ts';
import type { Reward, RewardServices, RewardValue } from './reward.ts';

const PerceptionOptions = z.strictObject({
  judge: JudgeOptions.default({ provider: 'matcher' }).describe('who says which facts a response states'),
});
type PerceptionOptions = z.infer<typeof PerceptionOptions>;

/** Longest piece of a fact that evidence quotes. */
const QUOTED_CHARACTERS = 60;

/**
 * Visual perception reward: the share of the prompt's annotated facts that the response states, `stated / m` with m the
 * facts *given*, so that a fact without a verdict earns nothing. In [0, 1]. Source: Perception-R1, arXiv 2506.07218.
 */
export const perception: Reward<PerceptionOptions> = {
  name: 'perception',
  version: '1',
  options: PerceptionOptions,
  prompt: z.object({
    annotations: z
      .array(z.string().trim().min(1), 'the perception reward needs facts; rise annotate finds some, or leave it out')
      .min(1),
  }),
  create({ judge: options }, context) {
    const judge = createJudge(options, context);
    return {
      variant: judge.name,
      async score({ annotations = [] }, { text }) {
        return toReward(judge.name, annotations, await judge.judge(annotations, text));
      },
    };
  },
};

/** The judge that a config names. Throws `InvalidInputError` where its API key is not in the environment. */
function createJudge(options: JudgeOptions, { environment, judgements }: RewardServices): Judge {
  if (options.provider !== 'matcher') return createModelJudge(createLanguageModel(options, environment), judgements);
  return {
    name: `matcher ${MATCHER_VERSION}`,
    judge: (facts, response) => ({ verdicts: matchFacts(facts, response) }),
  };
}

function toReward(judge: string, facts: readonly string[], { verdicts, usage }: Judgement): RewardValue {
  const quote = (wanted: boolean | undefined) =>
    facts.filter((_, index) => verdicts[index] === wanted).map((fact) => `"${fact.slice(0, QUOTED_CHARACTERS)}"`);
  const stated = verdicts.filter((verdict) => verdict === true).length;
  const [left, unjudged] = [quote(false), quote(undefined)];
  const evidence = [
    `states ${stated} of ${facts.length} facts (${judge})`,
    ...(left.length > 0 ? [`not ${left.join(', ')}`] : []),
    ...(unjudged.length > 0 ? [`no verdict, so counted as not stated: ${unjudged.join(', ')}`] : []),
  ].join('; ');
  return { value: facts.length === 0 ? 0 : stated / facts.length, evidence, ...(usage && { usage }) };
}
