import type { Finding } from '../../base/finding.ts';
import type { DeploymentConfig } from '../../schema/deployment-config.ts';
import { services } from '../clients.ts';
import type { Check } from './check.ts';

/** The tag on every resource of the stacks. */
const TAG = 'Project';
const NAME = 'Cost tag';

/**
 * Whether bills tell this project's cost apart, which a budget of the tag needs; `status` is undefined where billing has not
 * seen the tag yet.
 */
export function readCostTag(status: string | undefined, budgetScope: DeploymentConfig['budgetScope']): Finding {
  if (status === 'Active') return { name: NAME, value: `${TAG} is active` };
  const value = status === undefined ? `${TAG} is not known to billing yet` : `${TAG} is not active`;
  if (budgetScope === 'compute') return { name: NAME, value: `${value}; the budget of this deployment does without` };
  const remedy =
    status === undefined
      ? `activate ${TAG} in the billing console once it is listed there, a day after the first resource`
      : `aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=${TAG},Status=Active`;
  return { name: NAME, value, remedy };
}

/** What an account of an organisation is told, whatever its policies allow: who pays the bill keeps the tags. */
const isOfMember = (error: Error) => /Linked account doesn't have access/.test(error.message);

/** The tag as a cost allocation tag. */
export const checkCostTag: Check = async ({ choices: { budgetScope } }) => {
  const costExplorer = await services.costExplorer();
  try {
    const { CostAllocationTags = [] } = await costExplorer.listCostAllocationTags({ TagKeys: [TAG] });
    return [readCostTag(CostAllocationTags[0]?.Status, budgetScope)];
  } catch (error) {
    if (!isOfMember(error as Error)) throw error;
    const value = `a member account cannot tell; the organisation's management account activates ${TAG}`;
    return [{ name: NAME, value }];
  }
};
