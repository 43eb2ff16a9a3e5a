import { runConsultExpert } from '../../src/stages/consult-expert/run-consult-expert.ts';
import { stageHandler } from '../stage-handler.ts';
import { timeLeftSignal } from '../time-left-signal.ts';

const environment = (name: string) => process.env[name];

export const handler = stageHandler('consult-expert', (deps, item, context) =>
  runConsultExpert({ ...deps, signal: timeLeftSignal(context), environment }, item),
);
