import { runConsultExpert } from '../../src/stages/consult-expert/run-consult-expert.ts';
import { stageHandler } from '../stage-handler.ts';

const environment = (name: string) => process.env[name];

export const handler = stageHandler('consult-expert', (deps, item) => runConsultExpert({ ...deps, environment }, item));
