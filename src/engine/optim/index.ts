import { type Choice, resolveChoice } from '../../schema/config/choice.ts';
import { adamw } from './adamw.ts';
import type { OptimizerKind, OptimizerRule } from './optimizer.ts';
import { sgd } from './sgd.ts';

/** Optimizers that a run config chooses from. */
export const BUILT_IN_OPTIMIZERS: readonly OptimizerKind[] = [adamw, sgd];

/**
 * The rule of the optimizer that a config chooses.
 *
 * @param field of the run config, for messages
 * @throws InvalidInputError a name that none has, or options that it does not take
 */
export function createRule(field: string, choice: Choice): OptimizerRule {
  const { chosen, options } = resolveChoice(field, BUILT_IN_OPTIMIZERS, choice);
  return chosen.create(options);
}
