import { runPlan } from '../../src/stages/plan/run-plan.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('plan', runPlan);
