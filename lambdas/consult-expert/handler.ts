import { ShardItem } from '../../src/schema/stage-contracts.ts';
import { runExpert } from '../../src/stages/expert/run-expert.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runExpert(stageDeps(), ShardItem.parse(event));
