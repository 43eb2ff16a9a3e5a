import { ShardItem } from '../../src/schema/stage-contracts.ts';
import { runRouting } from '../../src/stages/routing/run-routing.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runRouting(stageDeps(), ShardItem.parse(event));
