import type { TrajectoryDetail } from '../../site/report-data.ts';
import { percent } from '../parts/format.ts';
import { type MarkedPiece, markText, type Piece } from './mark-text.ts';

/** Log-probabilities from here down have the deepest colour: a chance of less than one in a hundred. */
const COLDEST = -5;

/** A response, its reasoning and its answer marked; as heat, each token as warm as it was unlikely. */
export function MarkedText({
  trajectory,
  query,
  isHeat,
}: {
  trajectory: Pick<TrajectoryDetail, 'text' | 'tokens'>;
  query: string;
  isHeat: boolean;
}) {
  const blocks = markText(piecesOf(trajectory, isHeat), query);
  if (blocks.length === 0) return <p class="muted">(nothing)</p>;
  return (
    <div class="response mono">
      {blocks.map(({ kind, pieces }, index) => (
        <span key={index} class={`block block-${kind}`}>
          {pieces.map((piece, at) => (
            <MarkedSpan key={at} piece={piece} />
          ))}
        </span>
      ))}
    </div>
  );
}

function piecesOf({ text, tokens }: Pick<TrajectoryDetail, 'text' | 'tokens'>, isHeat: boolean): Piece[] {
  if (!isHeat || !tokens) return [{ text: text.trim() }];
  return tokens.pieces.map((piece, index) => ({ text: piece, logprob: tokens.logprobs[index] }));
}

function MarkedSpan({ piece: { text, logprob, isTag, isBoxed, isFound } }: { piece: MarkedPiece }) {
  const names = [isTag && 'is-tag', isBoxed && 'is-boxed', logprob !== undefined && 'token'].filter(Boolean).join(' ');
  const heat = logprob === undefined ? undefined : { '--warmth': warmthOf(logprob).toFixed(3) };
  const title = logprob === undefined ? undefined : `${percent(Math.exp(logprob), 2)} (log-probability ${logprob})`;
  const content = isFound ? <mark>{text}</mark> : text;
  if (names === '') return <>{content}</>;
  return (
    <span class={names} style={heat} title={title}>
      {content}
    </span>
  );
}

/** From 0, certain, to 1; a root, so that a coin's toss already shows. */
const warmthOf = (logprob: number) => Math.sqrt(Math.min(1, Math.max(0, logprob / COLDEST)));

/** What the colours of the heat mean. */
export function HeatLegend() {
  return (
    <span class="heat-legend small muted">
      certain
      <span aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((warmth) => (
          <i key={warmth} class="token" style={{ '--warmth': String(warmth) }} />
        ))}
      </span>
      chance under 1%
    </span>
  );
}
