import type { RunOverview } from '../../site/report-data.ts';
import { dollars, duration } from '../parts/format.ts';

type RunCost = NonNullable<RunOverview['cost']>;

/** What each stage took, as bars: by dollars where anything was paid, by hours else. */
export function Cost({ cost }: { cost: RunCost }) {
  const by = cost.total.usd > 0 ? 'usd' : 'hours';
  const most = Math.max(...Object.values(cost.stages).map((amount) => amount[by]), Number.MIN_VALUE);
  const each = [
    { what: 'solved prompt', amount: cost.perSolvedPrompt },
    { what: 'SFT example', amount: cost.perKeptExample },
  ].filter(({ amount }) => amount !== undefined);
  return (
    <div class="card">
      <ul class="bars">
        {Object.entries(cost.stages).map(([stage, amount]) => (
          <li key={stage}>
            <span>{stage}</span>
            <span class="bar" aria-hidden="true">
              <i style={{ width: `${(100 * amount[by]) / most}%` }} />
            </span>
            <span>{duration(amount.hours)}</span>
            <span class="bar-usd">{amount.usd > 0 ? dollars(amount.usd) : ''}</span>
          </li>
        ))}
      </ul>
      <p class="cost-total">
        <b>{duration(cost.total.hours)}</b> of jobs
        {cost.total.usd > 0 ? `, ${dollars(cost.total.usd)}` : ', nothing paid'}
        {each.map(({ what, amount }) => (
          <span key={what} class="muted">
            {'; '}
            {by === 'usd' ? dollars(amount!.usd) : duration(amount!.hours)} for each {what} of {amount!.count}
          </span>
        ))}
      </p>
    </div>
  );
}
