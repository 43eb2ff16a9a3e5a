import { ShardItem } from '../../src/schema/stage-contracts.ts';
import { runScoring } from '../../src/stages/scoring/run-scoring.ts';
import { stageDeps } from '../stage-deps.ts';

export const handler = async (event: unknown) => runScoring(stageDeps(), ShardItem.parse(event));
