import { InvalidInputError } from '../../../schema/errors.ts';
import { DIMENSIONS } from '../../../schema/inquiry.ts';
import type { TaskFamily } from '../../family.ts';
import { drawTiers } from '../draw-tiers.ts';
import { splitOf } from '../split.ts';
import { finishTask } from '../task.ts';
import { TIERS } from '../tiers.ts';
import { finishInquiries, inquire } from './inquire.ts';

/** A problem and its inquiries. */
const PROMPTS_PER_PROBLEM = 1 + DIMENSIONS.length;

/**
 * CogMath's inquiries about charts (docs/cogmath.md): each problem is followed by its nine, so that a tier has ten prompts a problem.
 * Problems of which an inquiry would not be exact are not drawn. Throws `InvalidInputError` where a tier asks for a part of a problem.
 */
export const chartInquiries: TaskFamily = {
  name: 'chart-inquiries',
  tiers: Object.keys(TIERS),
  draw({ tiers, seed, split }) {
    const problems = Object.entries(tiers).map(([tier, prompts]) => [tier, countProblems(tier, prompts)]);
    return drawTiers({ tiers: Object.fromEntries(problems), seed, split }, (tier, draft) => {
      const inquiries = inquire(tier, draft, (scene) => splitOf(scene) === split);
      return inquiries && finishInquiries(finishTask(tier, draft), inquiries);
    }).flat();
  },
};

function countProblems(tier: string, prompts: number): number {
  if (prompts % PROMPTS_PER_PROBLEM === 0) return prompts / PROMPTS_PER_PROBLEM;
  const remedy = `ask for a multiple of ${PROMPTS_PER_PROBLEM}: a problem and its ${DIMENSIONS.length} inquiries`;
  throw new InvalidInputError(`tier '${tier}' asks for ${prompts} prompts; ${remedy}`);
}
