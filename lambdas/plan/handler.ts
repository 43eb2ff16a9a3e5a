import { PlanInput } from '../../src/schema/stage-contracts.ts';
import { runPlan } from '../../src/stages/plan/run-plan.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runPlan(stageDeps(), PlanInput.parse(event));
