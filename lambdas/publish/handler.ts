import { ExecutionInput } from '../../src/schema/stage-contracts.ts';
import { runPublish } from '../../src/stages/publish/run-publish.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runPublish(stageDeps(), ExecutionInput.parse(event));
