import { stripVTControlCharacters } from 'node:util';
import type { RunStatus } from '../../aws/observe-run.ts';
import { renderChanges, renderRun } from './render-run.ts';

/** What shows the looks at a run, one after the other. */
export interface WatchView {
  show(run: RunStatus): void;
}

/** One JSON object per look at which something had changed. */
export function createJsonView(write: (text: string) => void): WatchView {
  return onChange((run) => write(`${JSON.stringify(run)}\n`));
}

/** A few lines for each change: for logs. */
export function createLineView(write: (text: string) => void): WatchView {
  return onChange((_, lines) => write(lines.map((line) => `${line}\n`).join('')));
}

/** The whole status, drawn over the one before: for terminals. */
export function createTerminalView(stream: NodeJS.WriteStream): WatchView {
  let drawn = 0;
  return {
    show(run) {
      const lines = renderRun(run, Date.now())
        .split('\n')
        .map((line) => stripVTControlCharacters(line).slice(0, stream.columns - 1));
      stream.write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : ''}${lines.join('\n')}\n`);
      drawn = lines.length;
    },
  };
}

function onChange(tell: (run: RunStatus, lines: readonly string[]) => void): WatchView {
  let before: RunStatus | undefined;
  return {
    show(run) {
      const lines = renderChanges(before, run, Date.now());
      if (lines.length > 0) tell(run, lines);
      before = run;
    },
  };
}
