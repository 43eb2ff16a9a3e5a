import { type ChangedChoice, choiceText } from '../../aws/choices.ts';
import type { DeploymentPlan } from '../../aws/plan-deployment.ts';
import { alignColumns, TEXT } from '../../base/table.ts';
import { CHOICES } from '../../schema/deployment-config.ts';

/** What a deployment is about to be made with: the choices, those that are new, what they replace, what is lacking. */
export function renderChoices({ context, changes, findings }: DeploymentPlan): string {
  const changeOf = new Map(changes.map((change) => [change.name, change]));
  const names = CHOICES.filter((name) => context[name] !== undefined || changeOf.has(name));
  const rows = names.map((name) => {
    const change = changeOf.get(name);
    return [`  ${name}`, choiceText(context[name]) || 'default', ...(change ? [describeChange(change)] : [])];
  });
  const lacking = findings.flatMap(({ name, value, remedy }) =>
    remedy ? [`${name}: ${value}`, `  -> ${remedy}`] : [],
  );
  return ['Choices, all else by default:', ...alignColumns(rows, [TEXT]), ...lacking].join('\n');
}

function describeChange(change: ChangedChoice): string {
  const { from } = change;
  return [from === undefined ? 'new' : `was ${choiceText(from)}`, ...replacedBy(change)].join('; ');
}

/** What CloudFormation makes anew, which ends what runs there. */
function replacedBy({ name, from, to }: ChangedChoice): string[] {
  if (['network', 'vpcId', 'subnetIds'].includes(name)) return ['replaces the network of the queues'];
  if (name === 'hosts') return ['replaces the queues'];
  const isReordered =
    name === 'availabilityZones' && from !== undefined && !choiceText(to).startsWith(choiceText(from));
  return isReordered ? ['replaces subnets of the queues'] : [];
}
