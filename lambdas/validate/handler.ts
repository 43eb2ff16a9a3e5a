import { runValidate } from '../../src/stages/validate/run-validate.ts';
import { stageHandler } from '../stage-handler.ts';
import { machinesOf } from './machines.ts';

export const handler = stageHandler('validate', (deps, input) =>
  runValidate({ ...deps, machines: machinesOf(process.env.RISE_INSTANCE_TYPES) }, input),
);
