import type { GroupLine, TrajectoryLine } from '../../site/report-data.ts';
import { percent } from '../parts/format.ts';
import { RouteBadge } from '../parts/routes.tsx';
import { passRate } from './select-rows.ts';

/** A prompt in the list: its image, its question, how its group fared. */
export function PromptRow({ line, isEvaluation }: { line: GroupLine; isEvaluation: boolean }) {
  const { question, tier, route, image } = line;
  return (
    <div class="row">
      <span class="row-image">{image && <img src={image} alt="" loading="lazy" decoding="async" />}</span>
      <span class="row-text">
        <span class="row-question">{question}</span>
        <span class="row-about">
          {isEvaluation ? <PolicyMarks line={line} /> : <Pips line={line} />}
          {route && <RouteBadge kind={route} />}
          {tier && <span class="tag">{tier}</span>}
        </span>
      </span>
    </div>
  );
}

/** A trajectory in the list: its verdict, its beginning, its reward. */
export function TrajectoryRow({ line, trajectory }: { line: GroupLine; trajectory: TrajectoryLine }) {
  const { label, isCorrect, reward, text, isLearned } = trajectory;
  return (
    <div class="row">
      <Mark isCorrect={isCorrect} />
      <span class="row-text">
        <span class="row-question mono">{text}</span>
        <span class="row-about">
          <span class="tag">#{label}</span>
          {reward !== undefined && <span>reward {reward.toFixed(3)}</span>}
          {isLearned && <span class="tag">learned</span>}
          <span class="row-prompt">{line.question}</span>
        </span>
      </span>
    </div>
  );
}

/** Right or wrong, by a sign and a colour. */
export function Mark({ isCorrect }: { isCorrect?: boolean }) {
  if (isCorrect === undefined) return <span class="mark muted">?</span>;
  return (
    <span class={`mark ${isCorrect ? 'is-right' : 'is-wrong'}`}>
      <span aria-hidden="true">{isCorrect ? '\u2713' : '\u2717'}</span>
      <span class="only-read">{isCorrect ? 'right' : 'wrong'}</span>
    </span>
  );
}

/** More than these are told by their share alone. */
const MOST_PIPS = 16;

/** A group as a row of marks, filled where it is right. */
function Pips({ line }: { line: GroupLine }) {
  const { trajectories } = line;
  const right = trajectories.filter(({ isCorrect }) => isCorrect).length;
  return (
    <span class="pips">
      {trajectories.length <= MOST_PIPS && (
        <span class="pip-row" aria-hidden="true">
          {trajectories.map(({ label, isCorrect }) => (
            <i key={label} class={isCorrect ? 'pip is-right' : 'pip'} />
          ))}
        </span>
      )}
      {trajectories.length <= MOST_PIPS ? `${right}/${trajectories.length}` : percent(passRate(line), 0)}
      <span class="only-read"> right</span>
    </span>
  );
}

function PolicyMarks({ line }: { line: GroupLine }) {
  return (
    <span class="pips">
      {line.trajectories.map(({ label, isCorrect }) => (
        <span key={label}>
          {label} <Mark isCorrect={isCorrect} />
        </span>
      ))}
    </span>
  );
}
