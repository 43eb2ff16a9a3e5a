import { useState } from 'preact/hooks';
import type { ExpertDetail, GroupDetail, TrajectoryDetail } from '../../site/report-data.ts';
import { compact, percent } from '../parts/format.ts';
import { MarkedText } from './marked-text.tsx';
import { RewardParts } from './reward-parts.tsx';
import { Mark } from './row.tsx';

interface CardProps {
  group: GroupDetail;
  query: string;
  isHeat: boolean;
}

/** One response of a group: what it says, what it earned and why, what became of it. */
export function TrajectoryCard({
  trajectory,
  isChosen,
  ...props
}: CardProps & { trajectory: TrajectoryDetail; isChosen: boolean }) {
  const { label, isCorrect, reward, tokenCount, finishReason, decision, rewards, answer, isFormatted } = trajectory;
  return (
    <section class={`card response-card ${isChosen ? 'is-chosen' : ''}`} id={`trajectory-${label}`}>
      <header>
        <Mark isCorrect={isCorrect} />
        <h3>{isFormatted === undefined ? `#${label}` : label}</h3>
        {reward !== undefined && <span>reward {reward.toFixed(3)}</span>}
        {answer !== undefined && (
          <span>
            answer <b class="mono">{answer}</b>
          </span>
        )}
        {isFormatted === false && <span class="tag">not in the format</span>}
        <span class="muted">
          {tokenCount} tokens{finishReason === 'length' && ', cut off'}
        </span>
        {decision?.outcome === 'kept' && <span class="tag is-learned">SFT learns it</span>}
      </header>
      <MarkedText trajectory={trajectory} query={props.query} isHeat={props.isHeat} />
      {rewards && <RewardParts rewards={rewards} annotations={props.group.annotations} />}
      {decision?.because && (
        <p class="small muted">
          Not learned: {decision.outcome}, {decision.because}.
        </p>
      )}
      <Origin trajectory={trajectory} />
    </section>
  );
}

/** Where a trajectory comes from, and its tokens one by one: for whom a colour says nothing, too. */
function Origin({ trajectory: { seed, policyVersion, tokens } }: { trajectory: TrajectoryDetail }) {
  const [isOpen, setIsOpen] = useState(false);
  if (seed === undefined && !tokens) return null;
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>Seed and tokens</summary>
      {isOpen && (
        <>
          <p class="small muted">
            seed {seed}, after {policyVersion} iterations of RL
          </p>
          {tokens && <TokenTable tokens={tokens} />}
        </>
      )}
    </details>
  );
}

function TokenTable({ tokens: { pieces, logprobs } }: { tokens: NonNullable<TrajectoryDetail['tokens']> }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="token-table" aria-label="Tokens" tabIndex={0}>
      <table class="data">
        <thead>
          <tr>
            <th scope="col">token</th>
            <th scope="col">chance</th>
            <th scope="col">log-probability</th>
          </tr>
        </thead>
        <tbody>
          {pieces.map((piece, index) => (
            <tr key={index}>
              <th scope="row" class="mono">
                {JSON.stringify(piece).slice(1, -1)}
              </th>
              <td>{percent(Math.exp(logprobs[index]), 2)}</td>
              <td>{compact(logprobs[index])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What the expert said, and whether SFT learns it. */
export function ExpertCard({ expert, group, query }: Pick<CardProps, 'group' | 'query'> & { expert: ExpertDetail }) {
  const { provider, response, isVerified, evidence, reward, rewards, consultation } = expert;
  return (
    <section class="card response-card is-expert">
      <header>
        <Mark isCorrect={isVerified} />
        <h3>Expert: {provider}</h3>
        {reward !== undefined && <span>reward {reward.toFixed(3)}</span>}
        {isVerified && <span class="tag is-learned">SFT learns it</span>}
      </header>
      <MarkedText trajectory={{ text: response }} query={query} isHeat={false} />
      {rewards ? (
        <RewardParts rewards={rewards} annotations={group.annotations} />
      ) : (
        <p class="small muted">{evidence}</p>
      )}
      {consultation && (
        <p class="small muted">
          {consultation.model ?? provider}: answer {consultation.answer + 1} at attempt {consultation.attempt} of{' '}
          {consultation.replies} replies, {consultation.inputTokens} tokens in and {consultation.outputTokens} out,{' '}
          {consultation.dollars === undefined ? 'no price given' : `$${consultation.dollars}`},{' '}
          {compact(consultation.waitSeconds)} s
        </p>
      )}
    </section>
  );
}
