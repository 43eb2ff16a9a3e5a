import { ShardItem } from '../../src/schema/stage-contracts.ts';
import { runConsultExpert } from '../../src/stages/consult-expert/run-consult-expert.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runConsultExpert(stageDeps(), ShardItem.parse(event));
