import type { Subscription } from '@aws-sdk/client-sns';
import type { Finding } from '../../base/finding.ts';
import { services } from '../clients.ts';
import type { Check } from './check.ts';

/** In place of its ARN, while nobody has followed the link in the e-mail. */
const PENDING = 'PendingConfirmation';

/** Whether somebody hears of failures. */
function readSubscriptions(subscriptions: readonly Pick<Subscription, 'SubscriptionArn' | 'Endpoint'>[]): Finding {
  const name = 'Notifications';
  const value = subscriptions
    .map(({ Endpoint, SubscriptionArn }) => `${Endpoint}${SubscriptionArn === PENDING ? ' (not confirmed)' : ''}`)
    .join(', ');
  if (subscriptions.length === 0) {
    return { name, value: 'nobody', remedy: 'run rise deploy -c notificationEmail=you@example.com' };
  }
  if (subscriptions.some(({ SubscriptionArn }) => SubscriptionArn !== PENDING)) return { name, value };
  return { name, value, remedy: 'follow the link in the e-mail "AWS Notification - Subscription Confirmation"' };
}

/** Subscriptions of the stack's topic. */
export const checkSubscription: Check = async ({ deployment }) => {
  if (!deployment?.notificationsTopicArn) return [];
  const sns = await services.sns();
  const { Subscriptions = [] } = await sns.listSubscriptionsByTopic({ TopicArn: deployment.notificationsTopicArn });
  return [readSubscriptions(Subscriptions)];
};
