/** Exit code of a process that SIGPIPE would have ended: 128 and the signal's number. */
const BROKEN_PIPE = 141;

/**
 * Ends a command whose output nobody reads any more, as `| head` leaves it, without a word. One that stops at a signal, as a
 * run does, stops as if it were given one: what it has done is kept.
 */
export function endWithOutput(): void {
  let isClosed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (isClosed) return;
    isClosed = true;
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(BROKEN_PIPE);
  });
  // Where the errors went, there is nobody to tell.
  process.stderr.on('error', () => {});
}
