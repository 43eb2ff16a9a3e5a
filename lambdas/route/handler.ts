import { runRoute } from '../../src/stages/route/run-route.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('route', runRoute);
