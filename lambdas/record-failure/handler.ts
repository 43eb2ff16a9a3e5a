import { runRecordFailure } from '../../src/stages/record-failure/run-record-failure.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('record-failure', runRecordFailure);
