import { ShardItem } from '../../src/schema/stage-contracts.ts';
import { runRoute } from '../../src/stages/route/run-route.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runRoute(stageDeps(), ShardItem.parse(event));
