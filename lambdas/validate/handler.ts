import { runValidate } from '../../src/stages/validate/run-validate.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('validate', runValidate);
