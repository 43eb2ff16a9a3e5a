import { runPublish } from '../../src/stages/publish/run-publish.ts';
import { stageHandler } from '../stage-handler.ts';

export const handler = stageHandler('publish', runPublish);
