import type { DownloadEvent } from '../../aws/download-run.ts';
import { formatBytes } from './format-amounts.ts';

/** What shows a download while it goes. */
export interface DownloadView {
  onEvent(event: DownloadEvent): void;
}

/** A view that prints each event but the many of progress as one line of JSON. */
export function createJsonView(writeLine: (text: string) => void): DownloadView {
  return { onEvent: (event) => event.kind !== 'progress' && writeLine(JSON.stringify(event)) };
}

const REDRAW_MILLISECONDS = 200;

/** A line for each file; on a terminal, the file under way with its share below. */
export function createTextView(stream: NodeJS.WriteStream): DownloadView {
  let drawnAt = 0;
  const clear = stream.isTTY ? '\r\x1b[K' : '';
  return {
    onEvent(event) {
      if (event.kind !== 'progress') {
        stream.write(`${clear}${renderDownload(event)}\n`);
        return;
      }
      if (!stream.isTTY || Date.now() - drawnAt < REDRAW_MILLISECONDS) return;
      drawnAt = Date.now();
      stream.write(`${clear}${renderDownload(event).slice(0, stream.columns - 1)}`);
    },
  };
}

/** One line of text. */
export function renderDownload(event: DownloadEvent): string {
  switch (event.kind) {
    case 'progress': {
      const share = Math.floor((100 * event.bytes) / event.totalBytes);
      return `${event.path}  ${share}% of ${formatBytes(event.totalBytes)}`;
    }
    case 'file':
      return `${event.path}  ${formatBytes(event.bytes)}  ${event.outcome}`;
    case 'missing':
      return `${event.what}  not there yet`;
    case 'done':
      return `${event.files} files, ${formatBytes(event.bytes)}, every sha256 right, in ${event.folder}`;
  }
}
