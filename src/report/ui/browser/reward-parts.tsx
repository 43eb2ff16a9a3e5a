import type { TrajectoryDetail } from '../../site/report-data.ts';
import { compact } from '../parts/format.ts';

type Parts = NonNullable<TrajectoryDetail['rewards']>;

/** What a response earned, reward by reward, each with the evidence that it rests on. */
export function RewardParts({ rewards, annotations = [] }: { rewards: Parts; annotations?: readonly string[] }) {
  return (
    <ul class="rewards">
      {Object.entries(rewards).map(([name, { value, weight, version, evidence }]) => (
        <li key={name}>
          <span class="reward-name" title={version}>
            {name}
          </span>
          <span class="reward-value">
            {compact(value)} <span class="muted">× {compact(weight)}</span>
          </span>
          <span class="reward-evidence">
            {evidence}
            {name === 'perception' && annotations.length > 0 && <Facts annotations={annotations} evidence={evidence} />}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** As long as the perception reward quotes a fact. */
const QUOTED_CHARACTERS = 60;

/** Which of the prompt's facts a response states, by the reward's evidence, which quotes those that it does not. */
function Facts({ annotations, evidence }: { annotations: readonly string[]; evidence: string }) {
  return (
    <ul class="facts-stated">
      {annotations.map((fact) => {
        const isLacking = evidence.includes(`"${fact.slice(0, QUOTED_CHARACTERS)}"`);
        return (
          <li key={fact} class={isLacking ? 'is-wrong' : 'is-right'}>
            <span aria-hidden="true">{isLacking ? '\u2717' : '\u2713'}</span> {fact}
            <span class="only-read">{isLacking ? ', not stated' : ', stated'}</span>
          </li>
        );
      })}
    </ul>
  );
}
