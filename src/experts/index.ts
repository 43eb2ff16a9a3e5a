import type { Environment } from '../endpoints/environment.ts';
import { resolveChoice } from '../schema/config/choice.ts';
import type { ExpertConfig } from '../schema/config/expert.ts';
import { expertAnswerKey } from '../schema/keys.ts';
import type { Store } from '../store/store.ts';
import { createTextCache } from '../store/text-cache.ts';
import type { Consultant, Expert } from './expert.ts';
import { none } from './none.ts';
import { workedSolution } from './worked-solution.ts';

/** Experts that a run config names. */
const EXPERTS: readonly Expert[] = [workedSolution, none];

/** An expert as a run consults it. */
export interface ActiveExpert extends Pick<Expert, 'name' | 'version'>, Pick<Consultant, 'answer'> {}

/**
 * The expert of a run. Throws `InvalidInputError` on an unknown name, options that it does not take, and an API key that
 * is not in the environment; without an environment, where nobody is asked, keys are not looked for.
 */
export function loadExpert(
  store: Store,
  config: Pick<ExpertConfig, 'name' | 'options'>,
  environment?: Environment,
): ActiveExpert {
  const { chosen: expert, options } = resolveChoice('expert', EXPERTS, config);
  const consultant = expert.create(options, { answers: createTextCache(store, expertAnswerKey), environment });
  const { name, version } = expert;
  const { variant } = consultant;
  return {
    name,
    version: variant === undefined ? version : `${version} (${variant})`,
    answer: consultant.answer.bind(consultant),
  };
}
