import type { TaskFamily } from '../family.ts';
import { drawTiers } from './draw-tiers.ts';
import { finishTask } from './task.ts';
import { TIERS } from './tiers.ts';

/**
 * Bar charts to read and to calculate with, and grids of shapes to count. The tiers are evenly interleaved; asking for
 * more of a tier keeps those drawn before.
 */
export const charts: TaskFamily = {
  name: 'charts',
  tiers: Object.keys(TIERS),
  draw: ({ tiers, seed, split }) => drawTiers({ tiers, seed, split }, finishTask),
};
