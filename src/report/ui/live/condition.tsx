import type { RunCondition } from '../../../live/live-data.ts';

const WORDS: Readonly<Record<RunCondition, { text: string; mark: string; about: string }>> = {
  running: { text: 'running', mark: 'rl', about: 'It works now.' },
  done: { text: 'done', mark: 'right', about: 'It has come to its end.' },
  stopped: { text: 'stopped', mark: 'expert', about: 'What is done is kept; the same command goes on.' },
  failed: {
    text: 'failed',
    mark: 'wrong',
    about: 'What was done before is kept; once the cause is gone, the same command goes on.',
  },
  silent: {
    text: 'silent',
    mark: 'expert',
    about:
      'It said that it runs and is not heard of any more: killed, or its machine is gone. The same command goes on.',
  },
  unknown: { text: 'not followed', mark: 'parked', about: 'It tells nothing of itself; what it has written is below.' },
};

/** How a run is, in a word. */
export function Condition({ condition }: { condition: RunCondition }) {
  const { text, mark } = WORDS[condition];
  return (
    <span class={`badge condition ${condition}`} style={{ '--mark': `var(--${mark})` }}>
      {text}
    </span>
  );
}

export const aboutCondition = (condition: RunCondition) => WORDS[condition].about;
