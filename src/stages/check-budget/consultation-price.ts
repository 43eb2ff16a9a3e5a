import type { RunConfig } from '../../schema/config/run-config.ts';
import { assumeConsultation, expertModelOf } from '../../sizing/asked-models.ts';
import { usdOfTokens } from '../../sizing/model-prices.ts';

/**
 * US dollars that asking the expert about a prompt is taken to cost before anybody was asked; 0 where its config has no price, as
 * then nothing of it counts as spent either.
 */
export function priceConsultation(config: Pick<RunConfig, 'expert'>): number {
  const model = expertModelOf(config);
  return model?.price ? usdOfTokens(model.price, assumeConsultation(config, model)) : 0;
}
