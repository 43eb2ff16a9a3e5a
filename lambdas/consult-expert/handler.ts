import { runConsultExpert } from '../../src/stages/consult-expert/run-consult-expert.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('consult-expert', runConsultExpert);
