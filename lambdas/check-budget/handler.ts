import { runCheckBudget } from '../../src/stages/check-budget/run-check-budget.ts';
import { pricesOf } from '../prices.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('check-budget', ({ store }, question) =>
  runCheckBudget(
    {
      store,
      prices: pricesOf(process.env.RISE_HOUR_USD),
      forecastJob: async (...asked) => {
        const { forecastJob } = await import('../../src/forecast/forecast-job.ts');
        return forecastJob(store, process.env.RISE_INSTANCE_TYPES, ...asked);
      },
    },
    question,
  ),
);
