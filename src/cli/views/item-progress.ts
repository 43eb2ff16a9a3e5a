import { formatTimeLeft } from './progress-format.ts';

/** How far a list of equal pieces of work is. */
export interface ItemProgress {
  advance(): void;
  close(): void;
}

const BAR_WIDTH = 24;
/** Lines in a log, where no bar can be drawn. */
const LOG_STEPS = 10;

/** A bar on a terminal, a line per tenth in a log. */
export function createItemProgress(
  name: string,
  total: number,
  unit: string,
  stream: NodeJS.WriteStream,
): ItemProgress {
  const start = Date.now();
  let done = 0;
  const describe = () => {
    const left =
      done === 0 || done === total ? '' : `  ${formatTimeLeft(((Date.now() - start) / 1000 / done) * (total - done))}`;
    return `${done}/${total} ${unit}${left}`;
  };
  const draw = () => {
    const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total));
    stream.write(`\r\x1b[K${name} ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${describe()}`);
  };
  const isStep = () => Math.floor((LOG_STEPS * done) / total) > Math.floor((LOG_STEPS * (done - 1)) / total);
  if (stream.isTTY) draw();
  return {
    advance() {
      done += 1;
      if (stream.isTTY) draw();
      else if (isStep()) stream.write(`${name} ${describe()}\n`);
    },
    close() {
      if (stream.isTTY) stream.write('\n');
    },
  };
}
