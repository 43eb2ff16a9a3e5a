import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { DeploymentConfig } from '../config.ts';

/** The tag on every resource. As a cost allocation tag only who pays the bill can activate it. */
export const PROJECT_TAG = { key: 'Project', value: 'metis-rise' };

export interface BudgetProps {
  readonly monthlyUsd: number;
  readonly scope: DeploymentConfig['budgetScope'];
  readonly topic: sns.ITopic;
}

const COUNTED: Record<DeploymentConfig['budgetScope'], CfnBudget.BudgetDataProperty['costFilters']> = {
  compute: { Service: ['Amazon Elastic Compute Cloud - Compute'] },
  tag: { TagKeyValue: [`user:${PROJECT_TAG.key}$${PROJECT_TAG.value}`] },
};

/** A notice when the month's cost nears its limit, or is forecast to pass it; nothing is stopped. */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, { monthlyUsd, scope: counted, topic }: BudgetProps) {
    super(scope, id);
    const subscribers = [{ subscriptionType: 'SNS', address: topic.topicArn }];
    const notify = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, threshold, thresholdType: 'PERCENTAGE', comparisonOperator: 'GREATER_THAN' },
      subscribers,
    });
    new CfnBudget(this, 'Resource', {
      budget: {
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
        costFilters: COUNTED[counted],
      },
      notificationsWithSubscribers: [notify('ACTUAL', 80), notify('FORECASTED', 100)],
    });
  }
}
