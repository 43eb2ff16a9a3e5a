import { useRef } from 'preact/hooks';
import type { GroupDetail, ImageFile } from '../../site/report-data.ts';
import { percent } from '../parts/format.ts';
import { RouteBadge } from '../parts/routes.tsx';

/** A prompt: its images, what is asked, what is right, and what was decided of it. */
export function PromptPanel({ group }: { group: GroupDetail }) {
  const { promptId, question, options = [], groundTruth, annotations = [], tier, images } = group;
  return (
    <div class="prompt-panel">
      {images.map((image, index) => (
        <PromptImage key={index} image={image} label={images.length > 1 ? `Image ${index + 1}` : 'Image'} />
      ))}
      <div class="prompt-text">
        <h2>{question}</h2>
        {options.length > 0 && (
          <ol type="A" class="options">
            {options.map((option) => (
              <li key={option}>{option}</li>
            ))}
          </ol>
        )}
        <p>
          Right answer <b class="mono gold">{groundTruth}</b>
        </p>
        <p class="small muted">
          <span class="mono">{promptId}</span> {tier && <span class="tag">{tier}</span>}
        </p>
        {annotations.length > 0 && (
          <details>
            <summary>{annotations.length} visual facts</summary>
            <ul class="small">
              {annotations.map((fact) => (
                <li key={fact}>{fact}</li>
              ))}
            </ul>
          </details>
        )}
        <DecisionPanel group={group} />
      </div>
    </div>
  );
}

/** Images less wide than this are drawn larger than they are, pixel by pixel. */
const SMALL_PIXELS = 224;

/** An image, and larger in a window of its own. */
function PromptImage({ image, label }: { image: ImageFile; label: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  if (image.kind === 'left-out') {
    return (
      <p class="small muted left-out">
        {label} <span class="mono">{image.key}</span> is not shown: {image.because}.
      </p>
    );
  }
  const { file, width, height } = image;
  const imageRendering = width < SMALL_PIXELS ? 'pixelated' : 'auto';
  const picture = (
    <img src={file} width={width} height={height} alt={`${label} of the prompt`} style={{ imageRendering }} />
  );
  return (
    <>
      <button
        type="button"
        class="image-button"
        aria-label={`Enlarge: ${label} of the prompt`}
        onClick={() => dialog.current?.showModal()}
      >
        {picture}
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself */}
      <dialog ref={dialog} class="image-dialog" aria-label={label} onClick={() => dialog.current?.close()}>
        {picture}
        <p class="small muted">
          {width} × {height} pixels. Esc or a click closes it.
        </p>
      </dialog>
    </>
  );
}

function DecisionPanel({ group: { decision, decisionLine, examples } }: { group: GroupDetail }) {
  if (!decision) return null;
  const { branch, because, passRate, interval, correct, groupSize } = decision;
  return (
    <div class="decision">
      <p>
        <RouteBadge kind={branch} />
      </p>
      <p class="small">{because}</p>
      <p class="small muted">
        pass rate {percent(passRate, 0)} ({correct} of {groupSize}), 95% interval {percent(interval.low, 0)} to{' '}
        {percent(interval.high, 0)}
      </p>
      {examples.length > 0 && (
        <>
          <h3>SFT examples</h3>
          <ul class="examples small">
            {examples.map(({ exampleId, shard, order }) => (
              <li key={exampleId}>
                <span class="mono">{exampleId}</span>
                <span class="muted">
                  {shard}
                  {order !== undefined && `, number ${order + 1} in training`}
                </span>
                <code>rise explain {exampleId}</code>
              </li>
            ))}
          </ul>
        </>
      )}
      <details>
        <summary>The decision log's line</summary>
        <pre class="small">{JSON.stringify(JSON.parse(decisionLine ?? 'null'), null, 2)}</pre>
      </details>
    </div>
  );
}
