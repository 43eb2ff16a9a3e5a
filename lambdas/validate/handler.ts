import { ExecutionInput } from '../../src/schema/stage-contracts.ts';
import { runValidate } from '../../src/stages/validate/run-validate.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runValidate(stageDeps(), ExecutionInput.parse(event));
