/** A set-up step failed; the message says why and `remedy` what the user can do. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} remedy
   * @param {ErrorOptions} [options]
   */
  constructor(message, remedy, options) {
    super(message, options);
    this.name = 'SetupError';
    this.remedy = remedy;
  }
}

/**
 * Runs one set-up step and prints one line with its name, time and result on standard error.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} action
 * @param {(result: T) => string} describe
 * @returns {Promise<T>}
 */
export async function step(name, action, describe) {
  const start = performance.now();
  console.error(`set-up: ${name} ...`);
  try {
    const result = await action();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.error(`set-up: ${name} done in ${seconds} s: ${describe(result)}`);
    return result;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof SetupError ? error.remedy : remedyFor(error);
    throw new SetupError(`set-up: ${name} failed: ${reason}`, remedy, { cause: error });
  }
}

function remedyFor(error) {
  if (error?.code === 'ENOSPC') return 'Free some disk space in the cache folder and run the same command again.';
  if (error?.code === 'EACCES' || error?.code === 'EPERM')
    return 'Make the folder writable, or set XDG_CACHE_HOME to one that is.';
  return 'Run the same command again; finished steps are kept.';
}
