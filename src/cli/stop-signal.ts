/** `npm` passes a Ctrl-C on that the terminal has sent already: a signal so soon after another is the same one. */
const SAME_SIGNAL_MILLISECONDS = 1000;

/** Aborts at the first SIGINT or SIGTERM; at the second this process ends at once, and its workers with it. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt: number | undefined;
  const onSignal = () => {
    firstAt ??= Date.now();
    if (Date.now() - firstAt > SAME_SIGNAL_MILLISECONDS) process.exit(130);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}
