import { useEffect, useRef } from 'preact/hooks';
import type { LiveLine } from '../../../schema/live-run.ts';

/** The last lines of a run's log; it stays at its end unless somebody has scrolled up to read. */
export function Log({ lines }: { lines: readonly LiveLine[] }) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  }, [lines]);
  const follow = () => {
    const element = box.current!;
    isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
  };
  if (lines.length === 0) return null;
  return (
    <section class="section" aria-label="Log">
      <h2>Log</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <div class="card log mono" ref={box} onScroll={follow} tabIndex={0} role="log" aria-label="Last lines">
        {lines.map(({ time, text }, at) => (
          <p key={at}>
            <time class="muted" dateTime={time}>
              {new Date(time).toLocaleTimeString()}
            </time>{' '}
            {text}
          </p>
        ))}
      </div>
    </section>
  );
}
